namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>What can be asked of the data plane.</summary>
internal enum Operation
{
    SendToHub,
    SendToUser,
    SendToGroup,
    SendToConnection,
    ConnectionExists,
    UserExists,
    GroupExists,
    CloseConnection,
    CloseHub,
    CloseUser,
    CloseGroup,
    AddConnectionToGroup,
    RemoveConnectionFromGroup,
    ListGroup,
    AddUserToGroup,
    RemoveUserFromGroup,
    RemoveUserFromAllGroups,
    RemoveConnectionFromAllGroups,
    AddToGroups,
    RemoveFromGroups,
    GrantPermission,
    RevokePermission,
    CheckPermission,
    GenerateToken,
    RenewSession,
}

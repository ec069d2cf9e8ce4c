namespace ActorSockets.Actors.Routing;

/// <summary>What a client may need leave for. Receiving needs none: who is in a group gets what is sent to it.</summary>
internal enum Permission : byte
{
    /// <summary>Join and leave a group by itself.</summary>
    JoinLeaveGroup,

    /// <summary>Send to a group, member or not.</summary>
    SendToGroup,
}

using ActorSockets.AspNetCore.DataPlane.Operations;
using ActorSockets.AspNetCore.DataPlane.Reading;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>Who serves which operation.</summary>
internal sealed class Desk(Sending sending, Presence presence, Membership membership, GroupListing listing, Permissions permissions, TokenIssue tokens, SessionRenewal renewal)
{
    internal Task<DataPlaneAnswer> ServeAsync(Operation operation, DataPlaneCall call) => operation switch
    {
        Operation.SendToHub => sending.SendAsync(call, call.Everybody),
        Operation.SendToUser => sending.SendAsync(call, call.User),
        Operation.SendToGroup => sending.SendAsync(call, call.Group),
        Operation.SendToConnection => sending.SendAsync(call, call.Connection),
        Operation.ConnectionExists => presence.ExistsAsync(call.Connection, "Connection"),
        Operation.UserExists => presence.ExistsAsync(call.User, "User"),
        Operation.GroupExists => GroupNames.Fault(call.Target.Group!) is { } fault ? Task.FromResult(DataPlaneAnswer.Of(fault)) : presence.ExistsAsync(call.Group, "Group"),
        Operation.CloseConnection => presence.CloseAsync(call, call.Connection),
        Operation.CloseHub => presence.CloseAsync(call, call.Everybody),
        Operation.CloseUser => presence.CloseAsync(call, call.User),
        Operation.CloseGroup => GroupNames.Fault(call.Target.Group!) is { } fault ? Task.FromResult(DataPlaneAnswer.Of(fault)) : presence.CloseAsync(call, call.Group),
        Operation.AddConnectionToGroup => membership.AddAsync(call.Connection, call.Target.Group!, DataPlaneError.UnknownConnection()),
        Operation.RemoveConnectionFromGroup => membership.RemoveAsync(call.Connection, call.Target.Group),
        Operation.ListGroup => listing.ListAsync(call),
        Operation.AddUserToGroup => membership.AddAsync(call.User, call.Target.Group!, DataPlaneError.NoUser()),
        Operation.RemoveUserFromGroup => membership.RemoveAsync(call.User, call.Target.Group),
        Operation.RemoveUserFromAllGroups => membership.RemoveAsync(call.User, null),
        Operation.RemoveConnectionFromAllGroups => membership.RemoveAsync(call.Connection, null),
        Operation.AddToGroups => membership.ManyAsync(call, join: true),
        Operation.RemoveFromGroups => membership.ManyAsync(call, join: false),
        Operation.GrantPermission => permissions.SetAsync(call, granted: true),
        Operation.RevokePermission => permissions.SetAsync(call, granted: false),
        Operation.CheckPermission => permissions.CheckAsync(call),
        Operation.GenerateToken => Task.FromResult(tokens.Issue(call)),
        Operation.RenewSession => renewal.RenewAsync(call),
        _ => throw new NotSupportedException(operation.ToString()),
    };
}

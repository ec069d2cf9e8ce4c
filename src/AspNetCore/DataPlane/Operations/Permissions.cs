using System.Globalization;
using ActorSockets.Actors.Routing;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.AspNetCore.DataPlane.Operations;

/// <summary>What one connection may do with one group, whatever its roles say.</summary>
internal sealed class Permissions(RouterCalls router)
{
    internal async Task<DataPlaneAnswer> SetAsync(DataPlaneCall call, bool granted)
    {
        if (Read(call, out var permission, out var group) is { } fault) return DataPlaneAnswer.Of(fault);
        var done = granted ? DataPlaneAnswer.Ok : DataPlaneAnswer.NoContent;
        return await AskAsync(call, new SetRight(call.Hub, call.Id, permission, group, granted)) switch
        {
            null => DataPlaneAnswer.Of(DataPlaneError.NoAnswer()),
            { Verdict: Verdict.Done } => done,
            { Verdict: Verdict.TooMany } => DataPlaneAnswer.Of(DataPlaneError.Conflict(
                string.Create(CultureInfo.InvariantCulture, $"A connection may have {SessionRights.MaxSingle} permissions granted or revoked one by one."))),
            _ => granted ? DataPlaneAnswer.Of(DataPlaneError.NoPermission()) : done,
        };
    }

    internal async Task<DataPlaneAnswer> CheckAsync(DataPlaneCall call)
    {
        if (Read(call, out var permission, out var group) is { } fault) return DataPlaneAnswer.Of(fault);
        return await AskAsync(call, new CheckRight(call.Hub, call.Id, permission, group)) switch
        {
            null => DataPlaneAnswer.Of(DataPlaneError.NoAnswer()),
            { Verdict: Verdict.Done } => DataPlaneAnswer.Ok,
            _ => DataPlaneAnswer.Of(DataPlaneError.NoPermission()),
        };
    }

    /// <summary>The node that holds the connection knows; where it is not known which one that is, one at most does. Null when it does not answer.</summary>
    private async Task<RightsAnswer?> AskAsync(DataPlaneCall call, ICrossing question)
    {
        var answers = await router.AskAsync<RightsAnswer>(call.Id, question);
        return answers?.All.FirstOrDefault(a => a.Verdict != Verdict.Unknown) ?? answers?.All.FirstOrDefault();
    }

    private static DataPlaneError? Read(DataPlaneCall call, out Permission permission, out string group)
    {
        permission = Permission.SendToGroup;
        group = call.Query.TargetName() ?? string.Empty;
        switch (call.Target.Permission!.ToLowerInvariant())
        {
            case "sendtogroup":
                break;
            case "joinleavegroup":
                permission = Permission.JoinLeaveGroup;
                break;
            default:
                return DataPlaneError.BadRequest("A permission is sendToGroup or joinLeaveGroup. (Parameter 'permission')");
        }

        return call.Query.Fault;
    }
}

using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.DataPlane.Reading;
using ActorSockets.AspNetCore.Upgrade;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>
/// Every call passes here: the address, the hub, the node's condition and the token are judged in this order, before anything is
/// read or done. So whatever is answered with 429 or 503 may be sent again, as SDKs do by themselves.
/// </summary>
internal sealed class DataPlaneDoor(
    Live<ActorSocketsOptions> options, Live<NodeSettings> settings, Live<NodeCondition> condition, TokenCheck tokens, CallsUnderWay underWay, Desk desk, TimeProvider time)
{
    private const string Bearer = "Bearer ";

    internal async Task InvokeAsync(HttpContext context)
    {
        var answer = await AnswerAsync(context);
        if (!context.RequestAborted.IsCancellationRequested) await answer.WriteAsync(context, Random.Shared);
    }

    private async Task<DataPlaneAnswer> AnswerAsync(HttpContext context)
    {
        var request = HttpContextUpgrade.Read(context);
        if (!RawPath.TrySplit(request.RawPath, out var segments)) return Of(DataPlaneError.BadRequest("The path is not percent-encoded UTF-8 without '.' and '..'."));
        var target = OperationTable.Find(request.Method, segments, out var operation, out var allowed);
        if (target is null) return Of(allowed.Count == 0 ? DataPlaneError.UnknownAddress() : DataPlaneError.MethodNotAllowed(allowed));
        if (!HubName.TryNormalize(target.Hub, out var hub)) return Of(DataPlaneError.BadRequest($"A hub's name is {HubName.Allowed}. (Parameter 'hub')"));
        if (!options.Current.Hubs.ContainsKey(hub)) return Of(DataPlaneError.UnknownHub(hub));
        if (!condition.Current.Accepting) return Of(DataPlaneError.Draining());
        if (condition.Current.UnderPressure) return Of(DataPlaneError.Overloaded("This node is short of memory."));

        var place = ClientAddressResolver.Resolve(request, settings.Current.Security.TrustedProxies).Place;
        if (await UnauthorizedAsync(request, segments, place) is { } unauthorized) return Of(unauthorized);
        var query = new DataPlaneQuery(request.Query);
        var call = new DataPlaneCall(hub, target, query, query.Version(), context.Request, request.RawPath, place);
        if (query.Fault is { } fault) return Of(fault);

        var bytes = HasBody(operation) ? Math.Min(context.Request.ContentLength ?? BoundedBody.Limit, BoundedBody.Limit) : 0;
        if (!underWay.TryBegin(bytes)) return Of(DataPlaneError.Overloaded("This node has as many calls under way as it takes."));
        try
        {
            return await desk.ServeAsync(operation, call);
        }
        finally
        {
            underWay.Ended(bytes);
        }
    }

    private async ValueTask<DataPlaneError?> UnauthorizedAsync(UpgradeRequest request, string[] segments, RequestPlace place)
    {
        if (options.Current.AccessKeys.Count == 0) return DataPlaneError.Unauthorized("This gateway has no AccessKeys configured, so it has no data plane.");
        var header = request.Headers["Authorization"];
        if (header.Count != 1 || !header[0]!.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return DataPlaneError.Unauthorized("Send a token signed with an access key: Authorization: Bearer TOKEN.");
        var refusal = await tokens.JudgeCallerAsync(header[0]![Bearer.Length..].Trim(), request.RawPath, segments, place, time.GetUtcNow());
        return refusal is null ? null : DataPlaneError.Unauthorized(refusal.Detail);
    }

    private static bool HasBody(Operation operation) =>
        operation is Operation.SendToHub or Operation.SendToUser or Operation.SendToGroup or Operation.SendToConnection or Operation.AddToGroups or Operation.RemoveFromGroups;

    private static DataPlaneAnswer Of(DataPlaneError error) => DataPlaneAnswer.Of(error);
}

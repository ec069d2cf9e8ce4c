using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.DataPlane.Reading;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Upgrade;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>
/// Every call passes here: the address, the hub, the node's condition and the token are judged in this order, before anything is
/// read or done. So whatever is answered with 429 or 503 may be sent again, as SDKs do by themselves.
/// </summary>
internal sealed class DataPlaneDoor(
    Live<ActorSocketsOptions> options, Live<NodeSettings> settings, Live<NodeCondition> condition, TokenCheck tokens, CallsUnderWay underWay, Desk desk, GatewayMetrics metrics, TimeProvider time)
{
    private const string Bearer = "Bearer ";

    internal async Task InvokeAsync(HttpContext context)
    {
        var begun = time.GetTimestamp();
        var request = HttpContextUpgrade.Read(context);
        var target = Find(request, out var segments, out var operation, out var fault);
        var status = StatusCodes.Status500InternalServerError;
        try
        {
            var answer = fault is null ? await AnswerAsync(context, request, segments, target!, operation) : Of(fault);
            status = answer.Status;
            if (!context.RequestAborted.IsCancellationRequested) await answer.WriteAsync(context, Random.Shared);
        }
        finally
        {
            metrics.DataPlaneCalled(target is null ? null : operation, status, time.GetElapsedTime(begun));
        }
    }

    private static OperationTarget? Find(UpgradeRequest request, out string[] segments, out Operation operation, out DataPlaneError? fault)
    {
        operation = default;
        fault = DataPlaneError.BadRequest("The path is not percent-encoded UTF-8 without '.' and '..'.");
        if (!RawPath.TrySplit(request.RawPath, out segments)) return null;
        var target = OperationTable.Find(request.Method, segments, out operation, out var allowed);
        fault = target is not null ? null : allowed.Count == 0 ? DataPlaneError.UnknownAddress() : DataPlaneError.MethodNotAllowed(allowed);
        return target;
    }

    private async Task<DataPlaneAnswer> AnswerAsync(HttpContext context, UpgradeRequest request, string[] segments, OperationTarget target, Operation operation)
    {
        if (!HubName.TryNormalize(target.Hub, out var hub)) return Of(DataPlaneError.BadRequest($"A hub's name is {HubName.Allowed}. (Parameter 'hub')"));
        if (!options.Current.Hubs.ContainsKey(hub)) return Of(DataPlaneError.UnknownHub(hub));
        if (!condition.Current.Accepting) return Of(DataPlaneError.Draining());
        if (condition.Current.UnderPressure) return Of(DataPlaneError.Overloaded("This node is short of memory."));

        var place = ClientAddressResolver.Resolve(request, settings.Current.Security.TrustedProxies).Place;
        if (await UnauthorizedAsync(request, segments, place) is { } unauthorized) return Of(unauthorized);
        var query = new DataPlaneQuery(request.Query);
        var call = new DataPlaneCall(hub, target, query, query.Version(), context.Request, request.RawPath, place);
        if (query.Fault is { } wrong) return Of(wrong);

        var bytes = HasBody(operation) ? Math.Min(context.Request.ContentLength ?? BoundedBody.Limit, BoundedBody.Limit) : 0;
        if (!underWay.TryBegin(bytes)) return Of(DataPlaneError.Overloaded("This node has as many calls under way as it takes."));
        var share = new CallUnderWay(underWay, bytes);
        try
        {
            return await desk.ServeAsync(operation, call with { Share = share });
        }
        finally
        {
            share.Answered();
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
        operation is Operation.SendToHub or Operation.SendToUser or Operation.SendToGroup or Operation.SendToConnection or Operation.AddToGroups or Operation.RemoveFromGroups or Operation.RenewSession;

    private static DataPlaneAnswer Of(DataPlaneError error) => DataPlaneAnswer.Of(error);
}

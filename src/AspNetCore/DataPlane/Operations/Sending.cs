using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.DataPlane.Reading;

namespace ActorSockets.AspNetCore.DataPlane.Operations;

/// <summary>Messages to a hub, user, group or connection.</summary>
internal sealed class Sending(RouterCalls router, Live<NodeSettings> settings, TimeProvider time)
{
    /// <summary>Everything is read and judged before the router hears of it: a call that fails has sent nothing.</summary>
    internal async Task<DataPlaneAnswer> SendAsync(DataPlaneCall call, RouterProtocol.Scope scope)
    {
        if (scope.Group is { } group && GroupNames.Fault(group) is { } name) return DataPlaneAnswer.Of(name);
        var ttl = call.Query.Ttl();
        // One connection is named already: there is nothing to choose from.
        var (filter, excluded) = scope.Connection is null ? (call.Query.Filter(), call.Query.Excluded()) : (null, null);
        if (call.Query.Fault is { } query) return DataPlaneAnswer.Of(query);
        if (MessageContent.Judge(call.Request.ContentType, out var type, out var encoding) is { } media) return DataPlaneAnswer.Of(media);

        var within = settings.Current.Hub(call.Hub).Timers.Message;
        var (body, unread) = await BoundedBody.ReadAsync(call.Request, within, time, call.Request.HttpContext.RequestAborted);
        if ((unread ?? MessageContent.Read(body, type, encoding, out body)) is { } fault) return DataPlaneAnswer.Of(fault);

        var publication = new Publication(type, body) { Group = scope.Group, ExpiresAt = ttl is { } wait ? time.GetUtcNow() + wait : null };
        return DataPlaneAnswer.Accepted.Without(await router.SendAsync(new RouterProtocol.Send(scope, publication, excluded, filter)));
    }
}

using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>What the handlers of all upstream hubs share.</summary>
internal sealed partial class UpstreamTelling(
    UpstreamRoutes routes, UpstreamCalls calls, UpstreamNotices notices, Survivors survivors, NodeActors actors, GatewayMetrics metrics, TimeProvider time, ILogger<UpstreamTelling> logger)
{
    private readonly LineBudget _lines = new();

    internal UpstreamRoutes Routes => routes;

    internal UpstreamCalls Calls => calls;

    internal UpstreamNotices Notices => notices;

    internal Survivors Survivors => survivors;

    internal TimeProvider Time => time;

    internal UpstreamEvent System(SystemEvent systemEvent, string hub, ConnectionId connection, long id)
    {
        var name = WireName.Of(systemEvent);
        return new UpstreamEvent
        {
            Kind = name,
            Type = Compat.SystemEventType + name,
            Name = name,
            Hub = hub,
            ConnectionId = connection.Value,
            Id = id,
            Time = time.GetUtcNow(),
        };
    }

    /// <summary>What an upstream had us keep has changed; whoever reports the session when this node is lost is to send it along.</summary>
    internal void StateKept(ConnectionId connection, string? state) => actors.System.EventStream.Publish(new LifecycleEvents.StateKept(connection, state));

    internal void NoHandler(string hub, ConnectionId connection, string eventName)
    {
        metrics.UpstreamCalled("user", UpstreamOutcome.NoHandler, TimeSpan.Zero);
        if (_lines.TryTake(time.GetTimestamp(), time, out var silent)) Nowhere(eventName, hub, connection, silent);
    }

    internal void BadAnswer(UpstreamEvent told, string fault)
    {
        if (_lines.TryTake(time.GetTimestamp(), time, out var silent)) Unusable(told.Name, told.Hub, told.ConnectionId, told.Id, fault, silent);
    }

    [LoggerMessage(EventIds.UpstreamNoHandler, LogLevel.Warning, "No event handler takes event {Event} of hub {Hub}, connection {Connection} ({Silent} more such lines were left out)")]
    private partial void Nowhere(string @event, string hub, ConnectionId connection, long silent);

    [LoggerMessage(EventIds.UpstreamBadAnswer, LogLevel.Warning, "The answer to event {Event} of hub {Hub}, connection {Connection}, id {Id} cannot be used: {Fault} ({Silent} more such lines were left out)")]
    private partial void Unusable(string @event, string hub, string connection, long id, string fault, long silent);
}

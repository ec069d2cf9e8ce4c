using System.Collections.Frozen;
using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.Actors.Tests.Scene;

/// <summary>Settings, sessions and questions with nothing special about them, to be changed with <c>with</c>.</summary>
internal static class Make
{
    internal const string Hub = "chat";

    internal static NodeSettings Settings(LimitOptions? limits = null, TimerOptions? timers = null, SecurityOptions? security = null, int hubMax = 0, LimitOptions? hubLimits = null)
    {
        limits ??= new LimitOptions();
        timers ??= new TimerOptions();
        var hub = new HubSettings(Hub, hubLimits ?? limits, timers, timers.EndOnTokenExpiry ?? true) { HubMaxConnections = hubMax };
        return new NodeSettings(
            limits, timers, security ?? new SecurityOptions(), new DrainOptions(), new Dictionary<string, HubSettings> { [Hub] = hub }.ToFrozenDictionary(), FrozenDictionary<string, int>.Empty);
    }

    internal static ClientAddress Address(string ip = "10.0.0.1", bool shared = false) => new(IPAddress.Parse(ip), shared);

    internal static AdmissionQuestion Question(IConnectionTransport transport, string? user = null, string ip = "10.0.0.1", string hub = Hub, bool shared = false) =>
        new(ConnectionId.New("test"), hub, Address(ip, shared), transport) { Judged = IPAddress.Parse(ip), UserId = user };

    internal static TokenFacts Token(DateTimeOffset expires, DateTimeOffset? issued = null, string? id = null) => new(expires, issued ?? DateTimeOffset.UnixEpoch, id);
}

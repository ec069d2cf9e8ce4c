using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;

namespace ActorSockets.Actors.Routing;

/// <summary>A selector made ready to be asked about many sessions at one moment. All given conditions must match. Pure.</summary>
internal sealed class SelectorMatching
{
    private readonly ConnectionSelector _selector;
    private readonly NetworkKey? _ip;
    private readonly HashSet<string>? _connections;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _now;
    private readonly long _timestamp;

    internal SelectorMatching(ConnectionSelector selector, TimeProvider time)
    {
        _selector = selector;
        _ip = selector.Ip is { } ip ? NetworkKey.Of(ip) : null;
        _connections = selector.Connections?.ToHashSet(StringComparer.Ordinal);
        (_time, _now, _timestamp) = (time, time.GetUtcNow(), time.GetTimestamp());
    }

    /// <summary>Cheap conditions first: the activity is read only when everything else matches.</summary>
    internal bool Matches(Route route)
    {
        var session = route.Session;
        return (_selector.Hub is null || session.Hub == _selector.Hub)
            && (_selector.User is null || session.UserId == _selector.User)
            && (_selector.Node is null || session.Node == _selector.Node)
            && (_selector.Subprotocol is null || session.Subprotocol == _selector.Subprotocol)
            && (_connections is null || _connections.Contains(session.Id.Value))
            && (_selector.Group is null || route.IsIn(_selector.Group))
            && (_ip is not { } ip || ip.Contains(NetworkKey.Of(session.Address.Address)))
            && (_selector.OlderThan is not { } age || _now - session.ConnectedAt >= age)
            && (_selector.IdleFor is not { } idle || IdleTime(session, route.Transport.Activity) >= idle);
    }

    /// <summary>Since the last data message in either direction; since the connect when there was none.</summary>
    private TimeSpan IdleTime(SessionInfo session, TransportActivity activity)
    {
        var last = Math.Max(activity.LastInboundData, activity.LastOutboundData);
        return last == 0 ? _now - session.ConnectedAt : _time.GetElapsedTime(last, _timestamp);
    }
}

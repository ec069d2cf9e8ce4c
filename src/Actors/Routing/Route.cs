using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Routing;

/// <summary>One registered session as the router knows it.</summary>
internal sealed class Route(SessionInfo session, IConnectionTransport transport)
{
    private HashSet<string>? _groups;

    internal SessionInfo Session { get; } = session;

    internal IConnectionTransport Transport { get; } = transport;

    /// <summary>Its 101 is out.</summary>
    internal bool Open { get; set; }

    /// <summary>Its ending is decided: it is still listed but gets no more messages.</summary>
    internal bool Closing { get; set; }

    internal bool IsIn(string group) => _groups?.Contains(group) ?? false;

    internal bool Join(string group) => (_groups ??= new HashSet<string>(StringComparer.Ordinal)).Add(group);

    internal bool Leave(string group)
    {
        if (_groups is null || !_groups.Remove(group)) return false;
        if (_groups.Count == 0) _groups = null;
        return true;
    }

    internal IReadOnlyCollection<string> Groups => (IReadOnlyCollection<string>?)_groups ?? [];
}

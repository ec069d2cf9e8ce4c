using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing.Filters;

namespace ActorSockets.Actors.Routing;

/// <summary>One registered session as the router knows it.</summary>
internal sealed class Route(SessionInfo session, IConnectionTransport transport) : IFilterSubject
{
    private HashSet<string>? _groups;

    /// <summary>Replaced when its client comes back from another address.</summary>
    internal SessionInfo Session { get; set; } = session;

    internal IConnectionTransport Transport { get; } = transport;

    /// <summary>How its client wants messages.</summary>
    internal DeliveryForm Form { get; } = DeliveryForms.Of(session.Subprotocol);

    /// <summary>What its client may do; null = nothing that needs leave. Replaced by the router only.</summary>
    internal SessionRights? Rights { get; set; }

    /// <summary>Its 101 is out.</summary>
    internal bool Open { get; set; }

    /// <summary>Its ending is decided: it is still listed but gets no more messages.</summary>
    internal bool Closing { get; set; }

    internal bool IsIn(string group) => _groups?.Contains(group) ?? false;

    internal bool IsInTooMany => _groups?.Count >= GroupName.MaxPerConnection;

    internal bool HasRoomFor(IReadOnlyCollection<string> groups) =>
        (_groups?.Count ?? 0) + groups.Count <= GroupName.MaxPerConnection
        || (_groups?.Count ?? 0) + groups.Where(g => !IsIn(g)).Distinct(StringComparer.Ordinal).Count() <= GroupName.MaxPerConnection;

    internal bool May(Permission permission, string group) => Rights?.May(permission, group) ?? false;

    internal bool Join(string group) => (_groups ??= new HashSet<string>(StringComparer.Ordinal)).Add(group);

    internal bool Leave(string group)
    {
        if (_groups is null || !_groups.Remove(group)) return false;
        if (_groups.Count == 0) _groups = null;
        return true;
    }

    string? IFilterSubject.UserId => Session.UserId;

    string IFilterSubject.ConnectionId => Session.Id.Value;

    string? IFilterSubject.Protocol => Session.Subprotocol;

    int IFilterSubject.GroupCount => _groups?.Count ?? 0;

    bool IFilterSubject.IsIn(string group) => IsIn(group);

    internal IReadOnlyCollection<string> Groups => (IReadOnlyCollection<string>?)_groups ?? [];
}

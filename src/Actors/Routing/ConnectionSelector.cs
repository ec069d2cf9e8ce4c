using System.Net;

namespace ActorSockets.Actors.Routing;

/// <summary>Which sessions are meant; all given conditions must match. Pure.</summary>
public sealed record ConnectionSelector
{
    /// <summary>Node id, or <c>self</c>.</summary>
    public string? Node { get; init; }

    /// <summary>Lower-case hub name.</summary>
    public string? Hub { get; init; }

    /// <summary>User id; needs <see cref="Hub"/>.</summary>
    public string? User { get; init; }

    /// <summary>Group name; needs <see cref="Hub"/>.</summary>
    public string? Group { get; init; }

    /// <summary>Address range.</summary>
    public IPNetwork? Ip { get; init; }

    /// <summary>Negotiated subprotocol.</summary>
    public string? Subprotocol { get; init; }

    /// <summary>No data message in either direction for at least so long.</summary>
    public TimeSpan? IdleFor { get; init; }

    /// <summary>Connected at least so long ago.</summary>
    public TimeSpan? OlderThan { get; init; }

    /// <summary>These connections; null = no condition, empty = none.</summary>
    public IReadOnlyList<string>? Connections { get; init; }

    /// <summary>True when no condition is given, so that everybody is meant.</summary>
    public bool IsEveryone =>
        Node is null && Hub is null && User is null && Group is null && Ip is null && Subprotocol is null
        && IdleFor is null && OlderThan is null && Connections is null;
}

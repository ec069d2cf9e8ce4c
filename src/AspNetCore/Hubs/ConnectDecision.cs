using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>The answer of an <see cref="IConnectHandler"/>.</summary>
public sealed record ConnectDecision
{
    private ConnectDecision()
    {
    }

    internal int? RefusalStatus { get; private init; }

    internal string Detail { get; private init; } = "";

    internal string? UserId { get; private init; }

    /// <summary>What becomes <see cref="HubConnection.State"/>.</summary>
    internal object? State { get; init; }

    internal string? Subprotocol { get; private init; }

    internal IReadOnlyList<string>? Groups { get; private init; }

    internal IReadOnlyList<string>? Roles { get; private init; }

    /// <summary>Let the client in.</summary>
    /// <param name="userId">Null = as the token says; empty = anonymous.</param>
    /// <param name="subprotocol">Null = the usual choice; else one of those offered.</param>
    /// <param name="groups">The client is in these from its first moment, instead of those that its token names; null or empty = as the token says.</param>
    /// <param name="roles">What the client may do, instead of what its token says: see docs/clients.md; null = as the token says, empty = nothing.</param>
    /// <exception cref="ArgumentException">A group's name is not 1 to 1024 characters or is only white space, or there are too many.</exception>
    public static ConnectDecision Accept(
        string? userId = null, string? subprotocol = null, IReadOnlyList<string>? groups = null, IReadOnlyList<string>? roles = null)
    {
        if (groups is not null && !groups.All(GroupName.IsValid)) throw new ArgumentException($"a group's name is {GroupName.Allowed}", nameof(groups));
        if (groups?.Count > GroupName.MaxPerConnection) throw new ArgumentException($"a connection can be in {GroupName.MaxPerConnection} groups", nameof(groups));
        return new() { UserId = userId, Subprotocol = subprotocol, Groups = groups, Roles = roles };
    }

    /// <summary>Refuse before the upgrade.</summary>
    /// <param name="status">400 to 499.</param>
    /// <param name="detail">Goes to the client in the problem document.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is not 400 to 499.</exception>
    public static ConnectDecision Refuse(int status, string detail)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 499);
        return new() { RefusalStatus = status, Detail = detail };
    }

    /// <summary>There was nobody to decide.</summary>
    internal static ConnectDecision Fail(string detail) => new() { RefusalStatus = 500, Detail = detail };

    /// <summary>The final user; null for an anonymous one.</summary>
    internal string? UserIdOr(string? tokens) => UserId is null ? tokens : UserId.Length == 0 ? null : UserId;
}

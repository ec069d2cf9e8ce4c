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

    internal string? Subprotocol { get; private init; }

    /// <summary>Let the client in, as this user (null = as the token says) and with this subprotocol (null = the usual choice).</summary>
    public static ConnectDecision Accept(string? userId = null, string? subprotocol = null) =>
        new() { UserId = userId, Subprotocol = subprotocol };

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
}

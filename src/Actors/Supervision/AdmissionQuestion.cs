using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// May this client have a session? What the gateway can judge by itself (origin, token, subprotocol) comes as an answer, so
/// that the order of all checks is decided in one place, <see cref="AdmissionPolicy"/>.
/// </summary>
internal sealed record AdmissionQuestion(ConnectionId Id, string Hub, ClientAddress Address, IConnectionTransport Transport)
{
    /// <summary>The address for allow, deny and bans: behind an unlisted proxy the TCP peer, else the same as <see cref="Address"/>.</summary>
    public required System.Net.IPAddress Judged { get; init; }

    /// <summary>The origin check's verdict, or null.</summary>
    public Refusal? Origin { get; init; }

    /// <summary>The token check's verdict, or null.</summary>
    public Refusal? TokenVerdict { get; init; }

    /// <summary>The subprotocol check's verdict, or null.</summary>
    public Refusal? SubprotocolVerdict { get; init; }

    /// <summary>The user id from the token, or null.</summary>
    public string? UserId { get; init; }

    /// <summary>The facts of the token, or null for an anonymous client.</summary>
    public TokenFacts? Token { get; init; }

    /// <summary>The groups and rights from the token, or null.</summary>
    public Routing.Standing? Standing { get; init; }

    /// <summary>What the session is instead of its transport, when its protocol has recovery and no connect handler may still choose another.</summary>
    public Sessions.ReliableSession? Reliable { get; init; }

    /// <summary>The negotiated subprotocol, or null.</summary>
    public string? Subprotocol { get; init; }

    /// <summary>
    /// True when a connect handler decides the user: then this question ends with the slot, and
    /// <see cref="SupervisorProtocol.Confirm"/> asks the rest on the final user id.
    /// </summary>
    public bool AwaitsHandler { get; init; }
}

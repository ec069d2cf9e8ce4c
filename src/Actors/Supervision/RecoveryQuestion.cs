using System.Net;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Supervision;

/// <summary>May this client have its session back? Only one that has shown the session's reconnection token may.</summary>
/// <param name="Id">The session.</param>
/// <param name="Hub">The hub that the request names.</param>
/// <param name="Address">Where the client is now.</param>
/// <param name="Transport">The new one, whose upgrade waits for the answer.</param>
internal sealed record RecoveryQuestion(ConnectionId Id, string Hub, ClientAddress Address, IConnectionTransport Transport)
{
    /// <summary>The address for allow, deny and bans.</summary>
    public required IPAddress Judged { get; init; }

    /// <summary>It has shown a token for this session. One that has not is asked about all the same, so that knocking has its price.</summary>
    public bool IsProven { get; init; } = true;

    /// <summary>Asked again, after the session was fetched: the connect rate has been paid.</summary>
    public bool HasPaid { get; init; }

    /// <summary>The origin check's verdict, or null.</summary>
    public Refusal? Origin { get; init; }
}

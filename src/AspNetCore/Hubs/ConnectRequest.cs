using System.Collections.ObjectModel;
using System.Net;
using ActorSockets.Actors.Connections;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Who wants to connect. Tokens are left out of query and headers.</summary>
/// <param name="Id">The id that the session will have.</param>
/// <param name="Hub">Lower-case hub name.</param>
/// <param name="UserId">From the token; null for an anonymous client.</param>
/// <param name="RemoteAddress">After trusted proxies.</param>
/// <param name="Query">Query parameters without <c>access_token</c>.</param>
/// <param name="Headers">Request headers without <c>Authorization</c> and <c>Cookie</c>.</param>
/// <param name="Subprotocols">What the client offers, in its order.</param>
public sealed record ConnectRequest(
    ConnectionId Id,
    string Hub,
    string? UserId,
    IPAddress RemoteAddress,
    IReadOnlyDictionary<string, string[]> Query,
    IReadOnlyDictionary<string, string[]> Headers,
    IReadOnlyList<string> Subprotocols)
{
    /// <summary>The token's claims, each as a list of texts: a number or an object as its JSON; empty for a client without a token.</summary>
    public IReadOnlyDictionary<string, string[]> Claims { get; init; } = ReadOnlyDictionary<string, string[]>.Empty;
}

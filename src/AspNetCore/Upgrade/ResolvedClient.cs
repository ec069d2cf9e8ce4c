using System.Net;
using ActorSockets.Actors.Connections;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Who the client is once the proxies are taken off.</summary>
/// <param name="Address">For counting, history and logs.</param>
/// <param name="Judged">For allow, deny and bans.</param>
/// <param name="Place">Under which name we were asked.</param>
/// <param name="Suspicion">What an operator should look at (to be logged once), or null.</param>
/// <param name="HeadersDisagree">X-Forwarded-For and Forwarded name different clients; one of them was written by the client (to be logged once).</param>
internal readonly record struct ResolvedClient(ClientAddress Address, IPAddress Judged, RequestPlace Place, string? Suspicion, bool HeadersDisagree = false);

namespace ActorSockets.Actors.Supervision;

/// <summary>The catalogue of refusals: every check of the admission, in the order in which they are made.</summary>
internal static class Refusals
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    internal static Refusal BadRequest(string detail) => new("bad-request", 400, detail);

    internal static Refusal Version() => new("version", 426, "Sec-WebSocket-Version must be exactly one 13 (RFC 6455 section 4.2.1).");

    internal static Refusal UnknownHub(string hub) => new("unknown-hub", 404, $"There is no hub '{hub}' here.");

    internal static Refusal Draining(TimeSpan spread) => new("draining", 503, "This node is being drained; another node takes you.", Soon, spread);

    /// <summary>It says nothing of who knocks, nor of the hub: whoever knocks next is refused as well.</summary>
    internal static bool ConcernsWholeNode(Refusal refusal) => refusal.Id is "draining" or "overloaded" || refusal == Full("node");

    internal static Refusal Overloaded() => new("overloaded", 503, "This node is short of memory.", Later, Later);

    internal static Refusal Ip() => new("ip", 403, "Connections from this address are not allowed.");

    internal static Refusal Banned(TimeSpan left) => new("banned", 403, "This user or address is banned.", left, Soon);

    internal static Refusal Origin(string detail) => new("origin", 403, detail);

    internal static Refusal ConnectRate(TimeSpan wait) => new("connect-rate", 429, "This node takes no more new connections per second.", wait > Soon ? wait : Soon, Later);

    internal static Refusal IpLimit(int limit) => new("ip-limit", 429, $"There are already {limit} connections from this address.", Later, Later);

    internal static Refusal Token(string detail) => new("token", 401, detail);

    internal static Refusal Full(string what) => new("full", 503, $"The {what} holds as many connections as it may.", Later, Later);

    internal static Refusal Handler(int status, string detail) => new("upstream", status, detail);

    internal static Refusal Subprotocol(string detail) => new("subprotocol", 400, detail);

    internal static Refusal UserLimit(int limit) => new("user-limit", 429, $"This user already has {limit} connections.", Later, Later);

    /// <summary>By a close frame of 1008, after which clients begin anew; the status is for the case that there is no place for one.</summary>
    internal static Refusal NotRecovered() => new("recovery", 503, "The connection could not be recovered.");

    /// <summary>Another node has the session, or may have it, and does not give it now.</summary>
    internal static Refusal Elsewhere() => new("recovery", 503, "The node that has the connection does not give it now.", Soon, Soon);

    internal static Refusal UserLimitUnknown() =>
        new("user-limit-unknown", 503, "The node that counts this user's connections does not answer; the cluster is changing.", Soon, Later);

    internal static Refusal ServerError() => new("server-error", 500, "This node failed to decide; it has logged why.");

    /// <summary>Nobody reads it; counted apart from those who were kept waiting too long.</summary>
    internal static Refusal ClientGone() => new("client-gone", 400, "The client left before it had its answer.");

    internal static Refusal HandshakeTimeout() => new("handshake-timeout", 503, "The answer took too long.", Soon, Later);
}

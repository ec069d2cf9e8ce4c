namespace ActorSockets.AspNetCore.Configuration;

/// <summary>How much of a token's audience must match the address it is used at.</summary>
public enum AudienceCheck
{
    /// <summary>Scheme, host, port and path: the address the client used, or one of <c>PublicEndpoints</c>.</summary>
    Endpoint,

    /// <summary>The path only, for proxies that hide the outer name.</summary>
    PathOnly,
}

using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ActorSockets.Actors.Settings;

/// <summary>Section <c>ActorSockets:Security</c>.</summary>
public sealed record SecurityOptions
{
    /// <summary>Tolerance for every token check.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Origins that browsers may come from, <c>*</c> for any. Empty: a connection without a token must be same-origin.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>CIDRs of proxies whose <c>Forwarded</c> and <c>X-Forwarded-*</c> are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>CIDRs that may connect; empty = all.</summary>
    public IReadOnlyList<IPNetwork> AllowIps { get; init; } = [];

    /// <summary>CIDRs that may not connect.</summary>
    public IReadOnlyList<IPNetwork> DenyIps { get; init; } = [];

    /// <summary>Temporary bans for clients that come and go too often.</summary>
    public FlappingOptions Flapping { get; init; } = new();
}

namespace ActorSockets.Integration.Tests.Endings;

/// <summary>What history, log and metric must say of one ended session.</summary>
internal sealed record Told(string Ending, int? Code, string Outcome)
{
    // Written out, not read from the catalogue: this is what users were promised.
    private static readonly Dictionary<string, string> Categories = new()
    {
        ["client-closed"] = "active-close",
        ["server-closed"] = "active-close",
        ["idle-timeout"] = "idle-timeout",
        ["server-error"] = "error",
        ["connection-lost"] = "network",
        ["keepalive-timeout"] = "network",
        ["protocol-error"] = "protocol",
        ["invalid-payload"] = "protocol",
        ["message-too-big"] = "protocol",
        ["connection-limit"] = "resource-limit",
        ["rate-limit"] = "resource-limit",
        ["message-timeout"] = "resource-limit",
        ["slow-consumer"] = "resource-limit",
        ["banned"] = "security",
        ["session-expired"] = "session",
        ["session-revoked"] = "session",
        ["max-lifetime"] = "maintenance",
        ["shutdown"] = "maintenance",
    };

    public string Category => Categories[Ending];
}

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Section <c>ActorSockets:Upgrade</c>.</summary>
public sealed record UpgradeOptions
{
    /// <summary>
    /// <c>Lean</c>: take HTTP/1.1 handshakes on public endpoints of <c>Kestrel:Endpoints</c> before ASP.NET Core sees them, which
    /// costs less memory and time. Then the application's middleware does not see them either.
    /// </summary>
    public bool Lean { get; init; } = true;
}

namespace ActorSockets.Actors.Security;

/// <summary>Who is banned and which tokens are revoked, at one moment. Immutable.</summary>
internal sealed partial record GuardSnapshot
{
    internal static readonly GuardSnapshot Empty = new();
}

/// <summary>What a change of the guard concerns, so that only those sessions are looked at.</summary>
internal abstract record GuardChange
{
    internal sealed record Banned(Ban Ban) : GuardChange;

    internal sealed record Revoked(Revocation Revocation) : GuardChange;

    /// <summary>Something was lifted or expired; no session is concerned.</summary>
    internal sealed record Lifted : GuardChange;
}

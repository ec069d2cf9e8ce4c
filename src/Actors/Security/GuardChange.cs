namespace ActorSockets.Actors.Security;

/// <summary>What a change of the guard concerns, so that only those sessions are looked at.</summary>
internal abstract record GuardChange
{
    internal sealed record Banned(Ban Ban) : GuardChange;

    internal sealed record Revoked(Revocation Revocation) : GuardChange;

    /// <summary>Something was lifted or expired; no session is concerned.</summary>
    internal sealed record Lifted : GuardChange
    {
        internal static readonly Lifted Instance = new();
    }
}

namespace ActorSockets.Actors.Security;

/// <summary>What a change of the guard concerns, so that only those sessions are looked at.</summary>
internal abstract record GuardChange
{
    internal sealed record Banned(Ban Ban) : GuardChange;

    internal sealed record Revoked(Revocation Revocation) : GuardChange;

    /// <summary>Somebody lifted this ban; whoever else keeps count of the subject pardons it.</summary>
    internal sealed record Lifted(BanSubject Subject) : GuardChange;

    /// <summary>What was over was forgotten, or nothing changed; no session is concerned.</summary>
    internal sealed record Expired : GuardChange
    {
        internal static readonly Expired Instance = new();
    }
}

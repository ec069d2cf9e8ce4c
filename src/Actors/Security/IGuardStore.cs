namespace ActorSockets.Actors.Security;

/// <summary>Where bans and revocations survive a restart.</summary>
internal interface IGuardStore
{
    /// <summary>Reads what was saved last; empty when nothing was. Throws when the store is there but unreadable.</summary>
    GuardState Load();

    /// <summary>Replaces what is saved, whole or not at all.</summary>
    Task SaveAsync(GuardState state, CancellationToken cancellation);
}

/// <summary>What is stored.</summary>
internal sealed record GuardState(IReadOnlyList<Ban> Bans, IReadOnlyList<Revocation> Revocations)
{
    internal static readonly GuardState Empty = new([], []);
}

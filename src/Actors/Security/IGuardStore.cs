using System.Collections.ObjectModel;
using ActorSockets.Actors.Cluster.Replication;

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

    /// <summary>When and where what is here was written, by <see cref="GuardEntries"/>' keys; without one, before there were stamps.</summary>
    public IReadOnlyDictionary<string, Stamp> Stamps { get; init; } = ReadOnlyDictionary<string, Stamp>.Empty;

    /// <summary>For how long bans are remembered that end earlier, because they took the place of longer ones; by key.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> KeptUntil { get; init; } = ReadOnlyDictionary<string, DateTimeOffset>.Empty;

    /// <summary>That bans were lifted: another node may still have them.</summary>
    public IReadOnlyList<RegisterEntry> Lifted { get; init; } = [];
}

using System.Collections.Immutable;

namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>
/// Keys with the last that was written under each, alike on all nodes once they have told each other: the order in which entries come,
/// and how often, makes no difference. Immutable.
/// </summary>
internal sealed class Register
{
    internal static readonly Register Empty = new(ImmutableDictionary.Create<string, RegisterEntry>(StringComparer.Ordinal), RegisterDigest.Empty);

    private readonly ImmutableDictionary<string, RegisterEntry> _entries;

    private Register(ImmutableDictionary<string, RegisterEntry> entries, RegisterDigest digest) => (_entries, Digest) = (entries, digest);

    /// <summary>What two nodes compare to find where they differ.</summary>
    internal RegisterDigest Digest { get; }

    internal int Count => _entries.Count;

    internal IEnumerable<RegisterEntry> All => _entries.Values;

    internal RegisterEntry? Find(string key) => _entries.GetValueOrDefault(key);

    /// <summary>Takes over what is later than what is here; <paramref name="taken"/> is what was.</summary>
    internal Register Merge(IEnumerable<RegisterEntry> entries, DateTimeOffset now, out IReadOnlyList<RegisterEntry> taken)
    {
        var (merged, digest, news) = (_entries.ToBuilder(), Digest.ToBuilder(), new List<RegisterEntry>());
        foreach (var entry in entries)
        {
            if (entry.Until <= now) continue;
            var known = merged.GetValueOrDefault(entry.Key);
            if (!entry.Beats(known)) continue;
            if (known is not null) digest.Toggle(known);
            digest.Toggle(entry);
            merged[entry.Key] = entry;
            news.Add(entry);
        }

        taken = news;
        return news.Count == 0 ? this : new Register(merged.ToImmutable(), digest.Build());
    }

    internal Register WithoutExpired(DateTimeOffset now)
    {
        var expired = _entries.Values.Where(e => e.Until <= now).ToList();
        if (expired.Count == 0) return this;
        var digest = Digest.ToBuilder();
        foreach (var entry in expired) digest.Toggle(entry);
        return new Register(_entries.RemoveRange(expired.Select(e => e.Key)), digest.Build());
    }

    /// <summary>The entries in those parts in which the other's digest is different.</summary>
    internal IEnumerable<RegisterEntry> DifferentFrom(RegisterDigest other) => _entries.Values.Where(e => !Digest.SamePart(other, e.Key));
}

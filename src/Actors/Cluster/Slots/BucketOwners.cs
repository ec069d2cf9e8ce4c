namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>
/// Who owns each bucket: of all candidates the one with the highest hash of its name and the bucket. A node that comes or goes moves
/// its own share only, and nobody has to be asked.
/// </summary>
internal sealed class BucketOwners
{
    internal static readonly BucketOwners None = new(new string?[UserBucket.Count]);

    private readonly string?[] _owners;

    private BucketOwners(string?[] owners) => _owners = owners;

    internal string? this[int bucket] => _owners[bucket];

    internal static BucketOwners Of(IReadOnlyCollection<string> candidates)
    {
        var owners = new string?[UserBucket.Count];
        for (var bucket = 0; bucket < owners.Length; bucket++)
        {
            var highest = 0UL;
            foreach (var candidate in candidates)
            {
                var weight = StableHash.Of(candidate, bucket);
                if (owners[bucket] is { } best && (weight < highest || (weight == highest && string.CompareOrdinal(candidate, best) < 0))) continue;
                (owners[bucket], highest) = (candidate, weight);
            }
        }

        return new BucketOwners(owners);
    }

    /// <summary>Who owns what it did not own before.</summary>
    internal IReadOnlyDictionary<string, BucketSet> GainedSince(BucketOwners before)
    {
        var gained = new Dictionary<string, BucketSet>();
        for (var bucket = 0; bucket < _owners.Length; bucket++)
        {
            if (_owners[bucket] is not { } owner || before._owners[bucket] == owner) continue;
            if (!gained.TryGetValue(owner, out var buckets)) gained.Add(owner, buckets = new BucketSet());
            buckets.Add(bucket);
        }

        return gained;
    }
}

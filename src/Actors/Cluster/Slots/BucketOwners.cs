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

    internal BucketSet Of(string node) => new(Enumerable.Range(0, UserBucket.Count).Where(b => _owners[b] == node));
}

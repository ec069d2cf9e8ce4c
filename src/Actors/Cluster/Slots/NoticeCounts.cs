namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>How far we have followed what each node tells, one number per notice; a node that left one out is in doubt until it has told all it holds.</summary>
internal sealed class NoticeCounts
{
    private readonly Dictionary<string, long> _last = [];
    private readonly HashSet<string> _doubted = [];

    internal IReadOnlyCollection<string> Doubted => _doubted;

    internal long? Last(string node) => _last.TryGetValue(node, out var last) ? last : null;

    /// <summary>False for one that was heard before. One that leaves a gap counts, and puts the node in doubt.</summary>
    internal bool Follows(string node, long number)
    {
        if (_last.TryGetValue(node, out var last) && number <= last) return false;
        if (number > last + 1) _doubted.Add(node);
        _last[node] = number;
        return true;
    }

    internal void StandsAt(string node, long number)
    {
        if (number > _last.GetValueOrDefault(node)) _doubted.Add(node);
    }

    internal void Doubt(string node) => _doubted.Add(node);

    /// <summary>All that the node holds is known, up to this number.</summary>
    internal void Begin(string node, long number)
    {
        _last[node] = number;
        _doubted.Remove(node);
    }

    internal void Forget(string node)
    {
        _last.Remove(node);
        _doubted.Remove(node);
    }
}

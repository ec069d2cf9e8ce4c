namespace ActorSockets.Actors.Drains;

/// <summary>A cap on the closes per second of several nodes together: each gets as much of it as it has of the connections. Pure.</summary>
internal static class DrainCap
{
    internal static IReadOnlyList<double> Shares(double cap, IReadOnlyList<int> connections)
    {
        var total = connections.Sum(Weight);
        return [.. connections.Select(c => cap * Weight(c) / total)];
    }

    /// <summary>
    /// What all nodes refuse together: the shortest deadline that would do for each of them, and the lowest cap of which each of them has enough. Ordered again
    /// with either, it is possible.
    /// </summary>
    /// <param name="nodes">What each has, and its refusal; null where it sees none.</param>
    internal static DrainProtocol.Impossible? Refusal(IReadOnlyList<(int Connections, DrainProtocol.Impossible? Answer)> nodes)
    {
        var refusing = nodes.Where(n => n.Answer is not null).ToList();
        if (refusing.Count == 0) return null;
        var total = nodes.Sum(n => Weight(n.Connections));
        var least = refusing.Select(n => n.Answer!.LeastPerSecond * total / Weight(n.Connections)).ToList();

        // One whom no rate would help makes it a question of the deadline alone.
        return new DrainProtocol.Impossible(refusing.Max(n => n.Answer!.Shortest), least.Contains(null) ? null : Math.Ceiling(least.Max()!.Value * 100) / 100);
    }

    /// <summary>Who has nobody counts as who has one: somebody may come before the closing begins, and a share of nothing would be no cap at all.</summary>
    private static int Weight(int connections) => Math.Max(1, connections);
}

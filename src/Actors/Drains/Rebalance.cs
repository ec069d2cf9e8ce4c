namespace ActorSockets.Actors.Drains;

/// <summary>
/// Who has too many after nodes were added: those clearly above the average, and as many as they are above it. Whoever gives goes down to the average
/// and never below it, and a small difference moves nobody; so one rebalance after another comes to rest, wherever the clients go. Pure.
/// </summary>
internal static class Rebalance
{
    /// <summary>A node gives when it has so much more than the average, as a share of that.</summary>
    internal const double Threshold = 0.1;

    /// <summary>And at least so many more: moving a handful helps nobody.</summary>
    internal const int Smallest = 10;

    /// <param name="connections">Of each node that serves.</param>
    /// <param name="threshold">As <see cref="Threshold"/>.</param>
    /// <returns>How many each giver gives; without those that give none.</returns>
    internal static IReadOnlyDictionary<string, int> Excess(IReadOnlyDictionary<string, int> connections, double threshold = Threshold)
    {
        if (connections.Count < 2) return new Dictionary<string, int>();
        var average = connections.Values.Average();
        var rest = (int)Math.Ceiling(average);
        return connections.Where(c => c.Value > average * (1 + threshold) && c.Value - rest >= Smallest).ToDictionary(c => c.Key, c => c.Value - rest);
    }

    /// <summary>Who is to get what can be given to a certain node: those with less than the average.</summary>
    /// <param name="connections">Of each node that serves.</param>
    internal static IReadOnlyList<string> Takers(IReadOnlyDictionary<string, int> connections)
    {
        if (connections.Count == 0) return [];
        var average = connections.Values.Average();
        return [.. connections.Where(c => c.Value < average).Select(c => c.Key).Order(StringComparer.Ordinal)];
    }
}

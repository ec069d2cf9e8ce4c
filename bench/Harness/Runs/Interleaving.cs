namespace ActorSockets.Bench.Harness.Runs;

/// <summary>The order of the servers in a round: each round begins with the next one, so that none is always first.</summary>
internal static class Interleaving
{
    public static IEnumerable<T> Order<T>(IReadOnlyList<T> servers, int round) => servers.Select((_, place) => servers[(place + round) % servers.Count]);
}

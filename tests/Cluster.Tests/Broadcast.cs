using System.Net;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests;

/// <summary>
/// Numbered messages of the data plane, each stream by every node in turn. The next of a stream goes out when the last was taken, so that they have an order. What a
/// node that is being drained refuses goes to the next one. What not every node took is said again, marked as a repetition: who heard it already must not count it twice.
/// </summary>
internal sealed class Broadcast
{
    /// <summary>Behind the number of a message that some have heard.</summary>
    private const string Again = " again";

    private readonly ThreeNodes _cluster;
    private readonly Func<IReadOnlyList<GatewayProcess>> _nodes;
    private readonly Task<(string Stream, int Last)>[] _streams;
    private volatile bool _over;

    /// <param name="cluster">Who signs the calls.</param>
    /// <param name="nodes">Whom to call at present.</param>
    /// <param name="paths">The name of each stream and where its messages go.</param>
    /// <param name="rhythm">Of each stream.</param>
    internal Broadcast(ThreeNodes cluster, Func<IReadOnlyList<GatewayProcess>> nodes, IReadOnlyDictionary<string, string> paths, TimeSpan rhythm)
    {
        (_cluster, _nodes) = (cluster, nodes);
        _streams = [.. paths.Select((path, i) => Task.Run(() => TellAsync(path.Key, path.Value, i, rhythm)))];
    }

    /// <summary>The number of the last message of each stream, all of which were taken by every node.</summary>
    internal async Task<Dictionary<string, int>> EndAsync()
    {
        _over = true;
        return (await Task.WhenAll(_streams)).ToDictionary(s => s.Stream, s => s.Last);
    }

    private async Task<(string Stream, int Last)> TellAsync(string stream, string path, int turn, TimeSpan rhythm)
    {
        using var timer = new PeriodicTimer(rhythm);
        var again = "";
        for (var number = 1; ;)
        {
            var nodes = _nodes();
            using var sent = await _cluster.SendAsync(nodes[turn++ % nodes.Count], path, $"{stream} {number}{again}");
            if (sent.StatusCode == HttpStatusCode.ServiceUnavailable) continue;
            Assert.True(sent.StatusCode == HttpStatusCode.Accepted, $"{stream} {number}: {sent.StatusCode}");
            again = sent.Headers.Contains("ActorSockets-Missing") ? Again : "";
            if (again.Length > 0) continue;
            if (_over) return (stream, number);
            number++;
            await timer.WaitForNextTickAsync();
        }
    }
}

using System.Diagnostics;
using System.Net.WebSockets;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>
/// So many receivers on one node, each alone in a group of its own. A message is 64 bytes and begins with the moment at which it was sent, so whoever sends and however,
/// what arrives says how long it took.
/// </summary>
internal sealed class Receivers : IAsyncDisposable
{
    public const int Size = 64;

    private readonly ClientWebSocket[] _sockets;
    private readonly List<double>[] _latencies;
    private readonly Task[] _reading;
    private long _received;

    private Receivers(ClientWebSocket[] sockets, IReadOnlyList<string> ids)
    {
        (_sockets, Ids) = (sockets, ids);
        _latencies = [.. sockets.Select(_ => new List<double>())];
        _reading = [.. Enumerable.Range(0, sockets.Length).Select(Read)];
    }

    /// <summary>Connection ids, by number.</summary>
    public IReadOnlyList<string> Ids { get; }

    public long Received => Interlocked.Read(ref _received);

    /// <summary>Called with the number of the receiver that got something; must not wait.</summary>
    public Action<int>? OnMessage { get; set; }

    /// <summary>Whether latencies are kept.</summary>
    public bool Records { get; set; }

    public static string Group(int number) => $"g{number}";

    public static async Task<Receivers> Open(RunningServer node, int count)
    {
        var sockets = new ClientWebSocket[count];
        for (var i = 0; i < count; i++)
        {
            sockets[i] = new ClientWebSocket();
            await sockets[i].ConnectAsync(new Uri($"ws://127.0.0.1:{node.Port}{Door(node, $"r{i}", Group(i))}"), CancellationToken.None);
        }

        var listed = (await NodeFleet.Ask(node, $"connections?hub={NodeFleet.Hub}&node=self&limit=1000"))["value"]!.AsArray();
        var ids = listed.ToLookup(c => (string?)c!["user"], c => (string)c!["id"]!);
        return new Receivers(sockets, [.. Enumerable.Range(0, count).Select(i => ids[$"r{i}"].Single())]);
    }

    /// <summary>Milliseconds from sending to receiving, in ascending order, and forgets them.</summary>
    public double[] TakeLatencies()
    {
        double[] all = [.. _latencies.SelectMany(l => l).Order()];
        foreach (var list in _latencies) list.Clear();
        return all;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _sockets) socket.Abort();
        await Task.WhenAll(_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var socket in _sockets) socket.Dispose();
    }

    private static string Door(RunningServer node, string user, string group)
    {
        var path = $"/client/hubs/{NodeFleet.Hub}";
        return $"{path}?access_token={AccessToken.For($"http://127.0.0.1:{node.Port}{path}", user, group)}";
    }

    private async Task Read(int number)
    {
        var buffer = new byte[Size * 2];
        while (true)
        {
            var frame = await _sockets[number].ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            if (frame.MessageType == WebSocketMessageType.Close) throw new HarnessFault($"a receiver was closed: {_sockets[number].CloseStatusDescription}");
            if (Records) _latencies[number].Add(Stopwatch.GetElapsedTime(BitConverter.ToInt64(buffer)).TotalMilliseconds);
            Interlocked.Increment(ref _received);
            OnMessage?.Invoke(number);
        }
    }
}

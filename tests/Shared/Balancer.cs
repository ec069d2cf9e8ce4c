using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorSockets.Tests.Shared;

/// <summary>
/// What stands in front of a cluster: takes TCP connections and hands them in turn to the nodes that say that they are ready, which it asks each of them five
/// times a second. It changes no byte and knows nothing of WebSockets; it only remembers what each connection said first, and where that went.
/// </summary>
internal sealed class Balancer : IAsyncDisposable
{
    private const int Backlog = 4096;
    private const int BufferSize = 4096;
    private const int LongestWord = 256;
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(2);

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _over = new();
    private readonly HttpClient _http = new() { Timeout = AnswerTime };
    private readonly Node[] _nodes;
    private readonly ConcurrentDictionary<Task, bool> _carrying = new();
    private readonly Task[] _working;
    private int _turn;

    /// <param name="nodes">Where clients are let in, and where the node says whether it is ready.</param>
    internal Balancer(IEnumerable<(IPEndPoint Public, Uri Admin)> nodes)
    {
        _nodes = [.. nodes.Select((n, i) => new Node(i, new Place(n.Public, new Uri(n.Admin, "/healthz/ready"))))];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(Backlog);
        _working = [Task.Run(AcceptAsync), .. _nodes.Select(node => Task.Run(() => AskAsync(node)))];
    }

    internal IPEndPoint Door => (IPEndPoint)_listener.LocalEndPoint!;

    internal int Ready => _nodes.Count(n => n.IsReady);

    /// <summary>The first line of each connection, in the order in which they came, and the number of the node that got it.</summary>
    internal ConcurrentQueue<(string Line, int Node)> Carried { get; } = new();

    /// <summary>Another process has taken the place of a node.</summary>
    internal void Replace(int number, IPEndPoint open, Uri admin) => _nodes[number].Place = new Place(open, new Uri(admin, "/healthz/ready"));

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Dispose();
        await Task.WhenAll(_working);
        await Task.WhenAll(_carrying.Keys);
        _http.Dispose();
        _over.Dispose();
    }

    private async Task AskAsync(Node node)
    {
        using var rhythm = new PeriodicTimer(Rhythm);
        try
        {
            do
            {
                node.IsReady = await IsReadyAsync(node);
            }
            while (await rhythm.WaitForNextTickAsync(_over.Token));
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            // The end.
        }
    }

    private async Task<bool> IsReadyAsync(Node node)
    {
        try
        {
            using var answer = await _http.GetAsync(node.Place.Health, _over.Token);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!_over.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var carried = CarryAsync(await _listener.AcceptAsync(_over.Token));
                _carrying[carried] = true;
                _ = carried.ContinueWith(done => _carrying.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException && _over.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <summary>Where nobody is ready the connection is closed, as balancers do.</summary>
    private async Task CarryAsync(Socket client)
    {
        using (client)
        {
            client.NoDelay = true;
            if (await ReachAsync() is not var (socket, node)) return;
            using (socket)
            {
                await Task.WhenAll(
                    PumpAsync(client, socket, first => Carried.Enqueue((Line(first.Span), node.Number))),
                    PumpAsync(socket, client, null));
            }
        }
    }

    /// <summary>A node that has gone since it was last asked is passed over: nothing has been said to it yet.</summary>
    private async Task<(Socket Socket, Node Node)?> ReachAsync()
    {
        var ready = _nodes.Where(n => n.IsReady).ToArray();
        for (var tries = 0; tries < ready.Length; tries++)
        {
            var node = ready[(int)((uint)Interlocked.Increment(ref _turn) % ready.Length)];
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(node.Place.Public, _over.Token);
                return (socket, node);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();
            }
        }

        return null;
    }

    /// <summary>One direction. Its end is passed on as an end; anything else cuts both sides.</summary>
    private async Task PumpAsync(Socket from, Socket to, Action<ReadOnlyMemory<byte>>? first)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                var count = await from.ReceiveAsync(buffer, _over.Token);
                if (count == 0) break;
                first?.Invoke(buffer.AsMemory(0, count));
                first = null;
                for (ReadOnlyMemory<byte> left = buffer.AsMemory(0, count); left.Length > 0;) left = left[await to.SendAsync(left, _over.Token)..];
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Cut(from);
            Cut(to);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Cut(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It is.
        }
    }

    private static string Line(ReadOnlySpan<byte> said)
    {
        var end = said.IndexOf((byte)'\r');
        return Encoding.ASCII.GetString(said[..Math.Min(end < 0 ? said.Length : end, LongestWord)]);
    }

    /// <param name="Public">Where its clients go.</param>
    /// <param name="Health">Where it says whether it is ready.</param>
    private sealed record Place(IPEndPoint Public, Uri Health);

    private sealed class Node(int number, Place place)
    {
        private volatile bool _isReady;
        private volatile Place _place = place;

        internal int Number { get; } = number;

        internal Place Place
        {
            get => _place;
            set => _place = value;
        }

        internal bool IsReady
        {
            get => _isReady;
            set => _isReady = value;
        }
    }
}

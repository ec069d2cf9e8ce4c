using System.Net.WebSockets;
using ActorSockets.AspNetCore.Sockets;
using BenchmarkDotNet.Attributes;

namespace ActorSockets.Bench.Micro;

/// <summary>
/// Frames of clients: what our scanner adds to each read, beside what the framing library spends on the same bytes, with and without our
/// stream beneath it. Figures are per message.
/// </summary>
[MemoryDiagnoser]
public class FramingBenchmarks
{
    /// <summary>Messages in one read, as when clients pipeline.</summary>
    private const int Messages = 16;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private byte[] _frames = [];
    private WebSocket _library = null!, _ours = null!;
    private FrameScanner _scanner;

    /// <summary>Bytes of a message.</summary>
    [Params(64, 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Frame()
    {
        _frames = ClientFrames.Of(Messages, Size);
        _library = Server(new RepeatingStream(_frames));
        _ours = Server(new FrameStream(new RepeatingStream(_frames), TimeProvider.System));
        _scanner = default;
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public long Scanner()
    {
        _scanner.Feed(_frames);
        return _scanner.Messages;
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Messages)]
    public Task<int> Library_alone() => Receive(_library);

    [Benchmark(OperationsPerInvoke = Messages)]
    public Task<int> Library_over_our_stream() => Receive(_ours);

    private async Task<int> Receive(WebSocket socket)
    {
        var bytes = 0;
        for (var messages = 0; messages < Messages;)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(), CancellationToken.None);
            bytes += received.Count;
            if (received.EndOfMessage) messages++;
        }

        return bytes;
    }

    private static WebSocket Server(Stream stream) => WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
}

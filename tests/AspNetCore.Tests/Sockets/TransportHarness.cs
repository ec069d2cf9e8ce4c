using System.Collections.Frozen;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.Tests.Shared;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>One transport with a raw client on the other side, and something that answers its facts as the actor does.</summary>
internal sealed class TransportHarness : IAsyncDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const int SmallBuffer = 32 * 1024;
    private Socket? _server;

    private TransportHarness(Setup setup)
    {
        Setup = setup;
        Settings = new Live<NodeSettings>(SettingsOf(setup));
        Wheel = new KeepAliveWheel(setup.Time);
        Transport = new SocketTransport("h", Settings, Wheel, setup.Time, Meter);
        Actor = new ActorDouble(Transport, setup);
        Sink = setup.Sink ?? (static (transport, payload, isText, cancellation) => EchoAsync(transport, payload, isText, cancellation));
    }

    internal delegate ValueTask SinkCall(SocketTransport transport, ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellation);

    internal Setup Setup { get; }

    internal Live<NodeSettings> Settings { get; }

    internal KeepAliveWheel Wheel { get; }

    internal CountingMeter Meter { get; } = new();

    internal SocketTransport Transport { get; }

    internal ActorDouble Actor { get; }

    internal RawWebSocketClient Client { get; private set; } = null!;

    internal Task Running { get; private set; } = Task.CompletedTask;

    internal int Aborts { get; private set; }

    private SinkCall Sink { get; }

    /// <summary>Over a real TCP connection on loopback.</summary>
    internal static async Task<TransportHarness> OverTcpAsync(Setup setup, Action<SocketTransport>? before = null)
    {
        var harness = new TransportHarness(setup);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (setup.SmallBuffers) listener.SendBufferSize = SmallBuffer;
        listener.Listen();
        var connecting = RawWebSocketClient.OpenAsync((IPEndPoint)listener.LocalEndPoint!, setup.SmallBuffers ? SmallBuffer : null);
        var server = await listener.AcceptAsync();
        server.NoDelay = true;
        harness._server = server;
        harness.Client = await connecting;
        before?.Invoke(harness.Transport);
        harness.Run(new NetworkStream(server, ownsSocket: false), () =>
        {
            server.LingerState = new LingerOption(true, 0);
            server.Close();
        });
        return harness;
    }

    /// <summary>In memory, for tests that move the clock.</summary>
    internal static TransportHarness InMemory(Setup setup, Action<SocketTransport>? before = null)
    {
        var harness = new TransportHarness(setup);
        var options = new PipeOptions(useSynchronizationContext: false);
        var inbound = new Pipe(options);
        var outbound = new Pipe(options);
        harness.Client = new RawWebSocketClient(new Duplex(outbound.Reader, inbound.Writer));
        before?.Invoke(harness.Transport);
        harness.Run(new Duplex(inbound.Reader, outbound.Writer), () =>
        {
            inbound.Writer.Complete(new IOException("cut"));
            outbound.Reader.Complete(new IOException("cut"));
        });
        return harness;
    }

    /// <summary>Over a peer that speaks by a script, without a client.</summary>
    internal static TransportHarness Over(Setup setup, ScriptedStream peer, Action<SocketTransport>? before = null)
    {
        var harness = new TransportHarness(setup);
        before?.Invoke(harness.Transport);
        harness.Run(peer, peer.HangUp);
        peer.Speak();
        return harness;
    }

    /// <summary>What the transport was told to end with, and how it went.</summary>
    internal Task<CloseOutcome> OutcomeAsync() => Actor.Ended.Task.WaitAsync(Patience);

    internal async Task<TFact> FactAsync<TFact>()
    {
        using var patience = new CancellationTokenSource(Patience);
        return Assert.IsType<TFact>(await Actor.Facts.Reader.ReadAsync(patience.Token));
    }

    internal async Task<ConnectionProtocol.Faulted> FaultAsync(Ending ending)
    {
        var fault = await FactAsync<ConnectionProtocol.Faulted>();
        Assert.Equal(ending, fault.Ending);
        return fault;
    }

    internal void Close(Ending ending, string text = "", bool abort = false) =>
        Transport.Close(new CloseOrder(ending, ending.Code, text.Length > 0 ? text : ending.Id, abort, Setup.Handshake));

    public async ValueTask DisposeAsync()
    {
        Transport.Close(new CloseOrder(EndingCatalogue.ServerError, null, string.Empty, true, TimeSpan.FromMilliseconds(50)));
        Client?.Dispose();
        Wheel.Dispose();
        _server?.Dispose();
        await Task.WhenAny(Running, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System));
    }

    private static ValueTask EchoAsync(SocketTransport transport, ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellation)
    {
        var sent = transport.SendAsync(payload, isText, cancellation);
        return sent.IsCompletedSuccessfully ? ValueTask.CompletedTask : new(sent.AsTask());
    }

    internal static NodeSettings SettingsOf(Setup setup) => new(
        setup.Limits,
        setup.Timers with { CloseHandshake = setup.Handshake },
        new SecurityOptions(),
        new DrainOptions(),
        new Dictionary<string, HubSettings> { ["h"] = new("h", setup.Limits, setup.Timers with { CloseHandshake = setup.Handshake }, true) }.ToFrozenDictionary(),
        FrozenDictionary<string, int>.Empty);

    /// <summary>Puts other settings of the hub in force.</summary>
    internal void Change(Func<HubSettings, HubSettings> change) =>
        Settings.Publish(Settings.Current with { Hubs = new Dictionary<string, HubSettings> { ["h"] = change(Settings.Current.Hub("h")) }.ToFrozenDictionary() });

    private void Run(Stream stream, Action abort)
    {
        Running = RunAsync();

        async Task RunAsync()
        {
            await Transport.RunAsync(stream, Setup.Deflate, Actor, new DelegateSink(this), () =>
            {
                Aborts++;
                abort();
            });

            // What Kestrel does when the request ends: the rest is sent, then the end of stream.
            if (_server is { Connected: true } && Aborts == 0)
            {
                _server.Shutdown(SocketShutdown.Both);
                _server.Close();
            }
        }
    }

    private sealed class DelegateSink(TransportHarness harness) : IMessageSink
    {
        public ValueTask OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, out bool isData, CancellationToken cancellation)
        {
            isData = harness.Setup.IsData(payload);
            return harness.Sink(harness.Transport, payload, isText, cancellation);
        }

        public void OnSessionWarning(DateTimeOffset endsAt)
        {
        }
    }

    private sealed class Duplex(PipeReader reader, PipeWriter writer) : AsyncStream
    {
        private readonly Stream _in = reader.AsStream();
        private readonly Stream _out = writer.AsStream();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _in.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => _out.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => _out.FlushAsync(cancellationToken);

        protected override void Dispose(bool disposing)
        {
            _in.Dispose();
            _out.Dispose();
            base.Dispose(disposing);
        }
    }
}

internal sealed record Setup
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public LimitOptions Limits { get; init; } = new();

    public TimerOptions Timers { get; init; } = new();

    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    public TransportHarness.SinkCall? Sink { get; init; }

    /// <summary>What the sink says of a message.</summary>
    public Predicate<ReadOnlyMemory<byte>> IsData { get; init; } = static _ => true;

    /// <summary>The kernel holds little on either side.</summary>
    public bool SmallBuffers { get; init; }

    public WebSocketDeflateOptions? Deflate { get; init; }

    /// <summary>Whether facts are answered with a close order, as the connection actor does.</summary>
    public bool Answers { get; init; } = true;
}

/// <summary>What a connection actor does with the facts of its transport, without an actor system.</summary>
internal sealed class ActorDouble(SocketTransport transport, Setup setup) : MinimalActorRef
{
    internal Channel<object> Facts { get; } = Channel.CreateUnbounded<object>();

    /// <summary>Whether the session was announced; nothing but an upgrade that never happened may come before.</summary>
    internal bool Opened { get; private set; }

    internal TaskCompletionSource<CloseOutcome> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "double");

    public override IActorRefProvider Provider => throw new NotSupportedException();

    protected override void TellInternal(object message, IActorRef sender)
    {
        switch (message)
        {
            case ConnectionProtocol.TransportEnded ended:
                Assert.True(Ended.TrySetResult(ended.Outcome), "told twice");
                return;
            case ConnectionProtocol.Opened:
                Opened = true;
                return;
            case ConnectionProtocol.PeerClosed or ConnectionProtocol.Faulted when !Opened:
                Assert.Fail("a fact before the session was announced");
                return;
            case ConnectionProtocol.PeerClosed closed when setup.Answers:
                transport.Close(ClosingPlan.Answer(closed, setup.Handshake).Order);
                break;
            case ConnectionProtocol.Faulted fault when setup.Answers:
                var request = new EndRequest(fault.Ending) { Detail = fault.Detail };
                transport.Close(ClosingPlan.For(request, fault.Note, TransportHarness.SettingsOf(setup), setup.Handshake).Order);
                break;
        }

        Facts.Writer.TryWrite(message);
    }
}

internal sealed class CountingMeter : ITransportMeter
{
    private int _pings;
    private int _dropped;

    public int Pings => Volatile.Read(ref _pings);

    public int Dropped => Volatile.Read(ref _dropped);

    public void MessageReceived(int bytes)
    {
    }

    public void MessageSent(int bytes)
    {
    }

    public void MessageDropped() => Interlocked.Increment(ref _dropped);

    public void PingSent() => Interlocked.Increment(ref _pings);
}

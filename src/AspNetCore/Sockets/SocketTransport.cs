using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>
/// One WebSocket as its actor sees it. Made before the upgrade; while idle it holds one pending zero-byte read and a place in
/// the wheel, no timer, no buffer, no writer. What it sees it tells the actor; why and how the session ends the actor says.
/// </summary>
/// <remarks>
/// Parts: this file begins and reports, <c>.Reader</c> reads, <c>.Writer</c> writes, <c>.Life</c> is what the wheel visits,
/// <c>.Closer</c> carries out the close order. One object instead of five, because there may be a million of them.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "It ends with its session; nobody holds it who could dispose it earlier.")]
internal sealed partial class SocketTransport(
    string hub,
    Live<NodeSettings> settings,
    KeepAliveWheel wheel,
    TimeProvider time,
    ITransportMeter meter) : WheelEntry, IConnectionTransport, ISessionOutlet
{
    private FrameStream _stream = null!;
    private IActorRef? _connection;
    private IMessageSink? _sink;
    private Action? _abort;
    private TaskCompletionSource? _over;
    private Phase _phase;
    private long _reportedAt;

    private enum Phase
    {
        /// <summary>Before the 101.</summary>
        Waiting,

        /// <summary>Frames flow.</summary>
        Running,

        /// <summary>There was no 101.</summary>
        NeverOpened,

        /// <summary>The actor was told that it is over.</summary>
        Over,
    }

    /// <inheritdoc/>
    public TransportActivity Activity
    {
        get
        {
            var lastIn = Volatile.Read(ref _lastInboundData);

            // One long message is not idleness.
            if (_phase == Phase.Running && _stream.Inbound.InMessage) lastIn = Math.Max(lastIn, _stream.LastInbound);
            var queue = Volatile.Read(ref _queue);
            return new TransportActivity(
                lastIn,
                Volatile.Read(ref _lastOutboundData),
                Volatile.Read(ref _messagesIn),
                Volatile.Read(ref _messagesOut),
                Volatile.Read(ref _bytesIn),
                Volatile.Read(ref _bytesOut),
                queue?.Bytes ?? 0,
                queue?.Messages ?? 0,
                Volatile.Read(ref _dropped))
            {
                Busy = _phase == Phase.Running && (_stream.Inbound.InMessage || (ReadingPaused && !_throttled)),
                Closing = Order is not null,
            };
        }
    }

    private HubSettings Settings => settings.Current.Hub(hub);

    /// <inheritdoc/>
    public void WarnOfSessionEnd(DateTimeOffset endsAt) => Volatile.Read(ref _sink)?.OnSessionWarning(endsAt);

    /// <summary>
    /// Carries the session, from the 101 until the transport is gone and the actor knows; then the caller may let go of the
    /// request. The actor is told <see cref="ConnectionProtocol.Opened"/> here, when there is something that it can close and
    /// warn, and nothing has been read. Never throws.
    /// </summary>
    /// <param name="stream">What follows the 101. Stays the caller's to close.</param>
    /// <param name="deflate">The negotiated permessage-deflate parameters (RFC 7692), or null.</param>
    /// <param name="connection">The session's actor.</param>
    /// <param name="sink">Takes the messages.</param>
    /// <param name="abort">Cuts the TCP connection.</param>
    public Task RunAsync(Stream stream, WebSocketDeflateOptions? deflate, IActorRef connection, IMessageSink sink, Action abort)
    {
        _stream = new FrameStream(stream, time);
        _deflate = deflate;

        // With compression the library also writes, and remembers; so it is there from the beginning.
        if (deflate is not null) _webSocket = NewFraming();
        _connection = connection;
        _abort = abort;
        _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _sink, sink);
        if (sink.Greeting is { } greeting) Queue().PutFirst(greeting);
        connection.Tell(ConnectionProtocol.Opened.Instance, ActorRefs.NoSender);

        // A million clients that come back at once must not be pinged at once.
        var timers = Settings.Timers;
        _stream.Backdate(timers.KeepAliveInterval * Random.Shared.NextDouble());
        _reading = ReadAsync();
        Interlocked.Exchange(ref _phase, Phase.Running);
        wheel.Add(this, LifeSigns.Period(timers) * Random.Shared.NextDouble());
        if (Volatile.Read(ref _queue) is { } queue) StartWriting(queue);
        if (Order is not null) StartClosing();
        return _over.Task;
    }

    /// <summary>Somebody who is told when there is no 101; replaced by the session's sink with it.</summary>
    public void Expect(IMessageSink waiting) => Volatile.Write(ref _sink, waiting);

    /// <summary>There was no 101 and there will be none. A close order, given before or after, is answered with <see cref="CloseOutcome.NeverOpened"/>.</summary>
    public void UpgradeNeverHappened(IActorRef connection)
    {
        Volatile.Write(ref _connection, connection);
        if (Interlocked.CompareExchange(ref _phase, Phase.NeverOpened, Phase.Waiting) != Phase.Waiting) return;
        Volatile.Read(ref _sink)?.OnNeverOpened();
        if (Order is not null) AnswerNeverOpened();
    }

    private void AnswerNeverOpened()
    {
        if (Interlocked.CompareExchange(ref _phase, Phase.Over, Phase.NeverOpened) != Phase.NeverOpened) return;
        Volatile.Read(ref _queue)?.Abandon();
        _connection!.Tell(new ConnectionProtocol.TransportEnded(CloseOutcome.NeverOpened), ActorRefs.NoSender);
    }

    /// <summary>Tells the actor what was seen. Only the first report counts, so only the first is sent.</summary>
    private void Report(ConnectionProtocol.IMessage fact)
    {
        if (Order is not null || Interlocked.CompareExchange(ref _reportedAt, time.GetTimestamp(), 0) != 0) return;
        _connection!.Tell(fact, ActorRefs.NoSender);
    }

    private void Fault(Ending ending, string? detail = null, string? note = null) =>
        Report(new ConnectionProtocol.Faulted(ending, detail, note));
}

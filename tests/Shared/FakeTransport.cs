using ActorSockets.Actors.Connections;
using Akka.Actor;

namespace ActorSockets.Tests;

/// <summary>What the peer of a <see cref="FakeTransport"/> does when it gets a close frame.</summary>
internal enum FakePeer
{
    /// <summary>Answers with its own close frame.</summary>
    Answers,

    /// <summary>Stays silent: the transport gives up after the handshake's bound.</summary>
    NeverAnswers,

    /// <summary>Is gone already.</summary>
    Lost,

    /// <summary>Nothing is ever reported. No real transport may do this; it is what the backstop is for.</summary>
    Hangs,
}

/// <summary>
/// The twin of the real transport without a socket: the same contract as <see cref="IConnectionTransport"/> (the first order
/// wins, exactly one <see cref="ConnectionProtocol.TransportEnded"/>, every wait bounded), driven by the test's clock.
/// </summary>
internal sealed class FakeTransport(TimeProvider time, FakePeer peer = FakePeer.Answers) : IConnectionTransport
{
    private readonly Lock _lock = new();
    private readonly List<OutboundMessage> _sent = [];
    private readonly List<DateTimeOffset> _warnings = [];
    private readonly TaskCompletionSource<CloseOrder> _ordered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TransportActivity _activity;
    private IActorRef? _actor;
    private CloseOutcome? _outcome;
    private ITimer? _giveUp;
    private bool _opened;

    /// <summary>The order that won; completes when there is one.</summary>
    public Task<CloseOrder> Ordered => _ordered.Task;

    /// <summary>How often a close was ordered, the ignored ones included.</summary>
    public int Orders { get; private set; }

    /// <summary>The peer does not read: what is sent stays queued.</summary>
    public bool Stuck { get; set; }

    /// <summary>Thrown by <see cref="Close"/> and <see cref="Activity"/>, as a broken transport would.</summary>
    public Exception? Broken { get; set; }

    public IReadOnlyList<OutboundMessage> Sent
    {
        get
        {
            lock (_lock) return [.. _sent];
        }
    }

    public IReadOnlyList<DateTimeOffset> Warnings
    {
        get
        {
            lock (_lock) return [.. _warnings];
        }
    }

    public TransportActivity Activity
    {
        get
        {
            if (Broken is { } broken) throw broken;
            lock (_lock) return _activity;
        }
    }

    /// <summary>Whom to report to; what was to be reported before is reported now.</summary>
    public void Attach(IActorRef actor)
    {
        lock (_lock)
        {
            _actor = actor;
            if (_outcome is { } outcome) actor.Tell(new ConnectionProtocol.TransportEnded(outcome), ActorRefs.NoSender);
        }
    }

    /// <summary>The 101 answer went out.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _opened = true;
            _actor!.Tell(ConnectionProtocol.Opened.Instance, ActorRefs.NoSender);
        }
    }

    /// <summary>The peer sends one data message.</summary>
    public void Receive(int bytes = 10)
    {
        lock (_lock)
            _activity = _activity with { LastInboundData = time.GetTimestamp(), MessagesIn = _activity.MessagesIn + 1, BytesIn = _activity.BytesIn + bytes };
    }

    public SendOutcome TrySend(OutboundMessage message)
    {
        lock (_lock)
        {
            if (_ordered.Task.IsCompleted) return SendOutcome.Closed;
            _sent.Add(message);
            if (Stuck)
            {
                _activity = _activity with { QueuedMessages = _activity.QueuedMessages + 1, QueuedBytes = _activity.QueuedBytes + message.Payload.Length };
                return SendOutcome.Queued;
            }

            _activity = _activity with
            {
                LastOutboundData = time.GetTimestamp(),
                MessagesOut = _activity.MessagesOut + 1,
                BytesOut = _activity.BytesOut + message.Payload.Length,
            };
            return SendOutcome.Queued;
        }
    }

    public void Close(CloseOrder order)
    {
        if (Broken is { } broken) throw broken;
        lock (_lock)
        {
            Orders++;
            if (!_ordered.TrySetResult(order))
            {
                if (order.Abort) End(CloseOutcome.Unanswered);
                return;
            }

            if (!_opened) End(CloseOutcome.NeverOpened);
            else if (peer == FakePeer.Lost) End(CloseOutcome.Lost);
            else if (order.Abort) End(CloseOutcome.Aborted);
            else if (peer == FakePeer.Answers) End(CloseOutcome.Clean);
            else if (peer == FakePeer.NeverAnswers)
                _giveUp = time.CreateTimer(_ => End(CloseOutcome.Unanswered), null, order.Handshake, Timeout.InfiniteTimeSpan);
        }
    }

    public void WarnOfSessionEnd(DateTimeOffset endsAt)
    {
        lock (_lock) _warnings.Add(endsAt);
    }

    private void End(CloseOutcome outcome)
    {
        lock (_lock)
        {
            _giveUp?.Dispose();
            if (peer == FakePeer.Hangs || _outcome is not null) return;
            _outcome = outcome;
            _actor?.Tell(new ConnectionProtocol.TransportEnded(outcome), ActorRefs.NoSender);
        }
    }
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;

namespace ActorSockets.Actors.Sessions;

/// <summary>Why a session has no transport, and since when.</summary>
/// <param name="Ending">What it ends with unless its client comes back.</param>
/// <param name="Drain">The drain that took the transport, or null.</param>
/// <param name="Since">Time stamp.</param>
internal sealed record Loss(Ending Ending, string? Drain, long Since)
{
    /// <summary>Its client was told to stay away for so long; only then the time begins in which it has to be back.</summary>
    public TimeSpan Grace { get; init; }
}

/// <content>Transports come and go; only the session's actor calls this.</content>
internal sealed partial class ReliableSession
{
    /// <summary>Of transports that are gone.</summary>
    private TransportActivity _before;
    private List<(IConnectionTransport Transport, ClosingPlan Plan)> _leaving = [];

    /// <summary>Null while there is a transport.</summary>
    internal Loss? Loss { get; private set; }

    /// <inheritdoc/>
    public TransportActivity Activity
    {
        get
        {
            lock (_gate)
            {
                var sum = _before;
                foreach (var (left, _) in _leaving) sum = Sum(sum, left.Activity);
                if (_current is { } current) sum = Sum(sum, current.Activity);
                else sum = sum with { QueuedBytes = _outbox.Bytes, QueuedMessages = 0 };
                return sum with { Closing = _order is not null, Detached = _current is null, Dropped = sum.Dropped + _expired };
            }
        }
    }

    internal bool IsCurrent(IConnectionTransport transport)
    {
        lock (_gate) return ReferenceEquals(_current, transport);
    }

    /// <summary>Takes a transport. Everything that is not acknowledged goes out on it first, in order and under the same ids.</summary>
    internal void Attach(IConnectionTransport transport)
    {
        lock (_gate)
        {
            _current = transport;
            Loss = null;
            foreach (var frame in _outbox.Unacknowledged) transport.TrySend(frame.ToMessage());
        }
    }

    /// <summary>Lets go of the transport, which the caller closes as the plan says; null when there is none.</summary>
    internal IConnectionTransport? Detach(ClosingPlan plan)
    {
        lock (_gate)
        {
            if (_current is not { } left) return null;
            _current = null;
            _leaving = [.. _leaving, (left, plan)];
            Loss = new Loss(plan.Ending, plan.Drain, _time.GetTimestamp()) { Grace = plan.ReturnsAfter };
            return left;
        }
    }

    /// <summary>A transport that was let go of is gone; the plan it was closed by, or null for a stranger.</summary>
    internal ClosingPlan? Departed(IConnectionTransport transport)
    {
        lock (_gate)
        {
            var at = _leaving.FindIndex(l => ReferenceEquals(l.Transport, transport));
            if (at < 0) return null;
            var plan = _leaving[at].Plan;
            _leaving = [.. _leaving.Where((_, i) => i != at)];
            _before = Sum(_before, transport.Activity) with { QueuedBytes = 0, QueuedMessages = 0, Busy = false };
            return plan;
        }
    }

    /// <summary>Transports that are being closed, and why.</summary>
    internal IReadOnlyList<(IConnectionTransport Transport, ClosingPlan Plan)> Leaving
    {
        get
        {
            lock (_gate) return _leaving;
        }
    }

    private static TransportActivity Sum(in TransportActivity before, in TransportActivity now) => now with
    {
        LastInboundData = Math.Max(before.LastInboundData, now.LastInboundData),
        LastOutboundData = Math.Max(before.LastOutboundData, now.LastOutboundData),
        MessagesIn = before.MessagesIn + now.MessagesIn,
        MessagesOut = before.MessagesOut + now.MessagesOut,
        BytesIn = before.BytesIn + now.BytesIn,
        BytesOut = before.BytesOut + now.BytesOut,
        Dropped = before.Dropped + now.Dropped,
    };
}

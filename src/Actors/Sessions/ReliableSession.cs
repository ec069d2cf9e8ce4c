using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using Akka.Actor;

namespace ActorSockets.Actors.Sessions;

/// <summary>
/// A session that outlives its transports, in the place of one: router, census and drains speak to it as to any other connection. Numbers
/// what is said, keeps it until the client has it, and passes it to the transport of the moment, if there is one.
/// </summary>
/// <remarks>
/// Its actor alone gives and takes transports and ends it. What is said comes from the router, what is acknowledged from the reader; one
/// lock keeps numbers and queues in the same order. A transport's queue takes whatever comes from here, so this buffer bounds that, too: a
/// client that acknowledges what was never written to it frees nothing by it.
/// </remarks>
internal sealed partial class ReliableSession : IConnectionTransport
{
    private readonly Lock _gate = new();
    private readonly Live<NodeSettings> _settings;
    private readonly TimeProvider _time;
    private readonly Outbox _outbox;
    private IActorRef _actor = ActorRefs.Nobody;
    private IConnectionTransport? _current;
    private CloseOrder? _order;
    private bool _overflown;
    private long _expired;
    private bool _over;

    internal ReliableSession(Live<NodeSettings> settings, TimeProvider time, IConnectionTransport first)
    {
        (_settings, _time, _current) = (settings, time, first);
        _outbox = new Outbox();
        Acks = new AckWindow(settings.Current.Sessions.AckWindow);
    }

    /// <summary>As it was given up elsewhere: without a transport, and not yet told what it missed on the way.</summary>
    internal ReliableSession(Live<NodeSettings> settings, TimeProvider time, SessionState state)
    {
        (_settings, _time) = (settings, time);
        _outbox = new Outbox(state.NextSequenceId, state.Frames.Select(f => new QueuedFrame(f.Id, f.Body, f.ExpiresAt)));
        Acks = new AckWindow(settings.Current.Sessions.AckWindow);
        foreach (var ack in state.Acks) Acks.Add(ack);
        _has = new Dictionary<string, long>(state.Heard, StringComparer.Ordinal);
        _aside = [];
        (Moves, CameFrom) = (state.Moves, state.Node);
        Loss = new Loss(EndingCatalogue.Find(state.LeftFor ?? "") ?? EndingCatalogue.Rebalance, null, time.GetTimestamp()) { Grace = state.ReturnsAfter };
    }

    /// <summary>Who hears of the session's end. Set once, before the first transport opens.</summary>
    internal ISessionClient? Client { get; set; }

    /// <summary>Hears of each message that was not worth keeping any more; set once, and may be null.</summary>
    internal Action? Dropped { get; init; }

    /// <summary>Belongs to the client's protocol, which takes one frame at a time.</summary>
    internal AckWindow Acks { get; }

    /// <summary>Where answers go that nobody keeps; null while there is no transport.</summary>
    internal IConnectionTransport? Current
    {
        get
        {
            lock (_gate) return _current;
        }
    }

    /// <summary>To whom it reports when its buffer is full. Set by the supervisor, before anybody can send.</summary>
    internal void Bind(IActorRef actor) => _actor = actor;

    /// <inheritdoc/>
    public SendOutcome TrySend(OutboundMessage message) => TrySend(message, null);

    /// <summary>The client has everything up to this id. False for an id that nobody has said yet.</summary>
    internal bool Acknowledge(ulong id)
    {
        lock (_gate) return _outbox.Acknowledge(id);
    }

    /// <summary>The end of the session: of its transport, if there is one, as for any transport.</summary>
    public void Close(CloseOrder order)
    {
        IConnectionTransport? current;
        lock (_gate)
        {
            if (_order is not null && !order.Abort) return;
            _order ??= order;
            _outbox.Clear();
            current = _current;
        }

        if (current is not null) current.Close(order);
        else _actor.Tell(new ConnectionProtocol.TransportEnded(CloseOutcome.Lost), ActorRefs.NoSender);
    }

    /// <inheritdoc/>
    public void WarnOfSessionEnd(DateTimeOffset endsAt) => Client?.OnSessionWarning(endsAt);

    /// <summary>From the actor: it has ended. Told to the client's side once.</summary>
    internal void Over(Ending ending)
    {
        if (_over) return;
        _over = true;
        Client?.OnEnded(ending);
    }

    /// <summary>Null while there is room. Messages that are not worth their place any more do not take any.</summary>
    private string? WhatIsFull()
    {
        var bounds = _settings.Current.Sessions;
        var (messages, bytes) = (bounds.BufferMessages - (_aside?.Count ?? 0), (int)Math.Max(0, bounds.BufferBytes - _asideBytes));
        if (_outbox.IsFull(messages, bytes))
        {
            DropExpired();
            if (_outbox.IsFull(messages, bytes))
                return $"unacknowledged-messages={_outbox.Count}; unacknowledged-bytes={_outbox.Bytes}";
        }

        // What is acknowledged has left the buffer, but it may still wait for a client that does not read.
        if (_current?.Activity is not { } socket) return null;
        var bodies = socket.QueuedBytes - (long)socket.QueuedMessages * QueuedFrame.LongestLead;
        return socket.QueuedMessages >= bounds.BufferMessages || bodies >= bounds.BufferBytes
            ? $"queued-bytes={socket.QueuedBytes}; queued-messages={socket.QueuedMessages}"
            : null;
    }

    /// <summary>What was given to a transport that is still there is dropped by it, and counted there.</summary>
    private void DropExpired()
    {
        var dropped = _outbox.DropExpired(_time.GetUtcNow());
        if (_current is not null) return;
        _expired += dropped;
        for (; dropped > 0; dropped--) Dropped?.Invoke();
    }
}

using System.Collections.Immutable;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions.Moves;
using Akka.Actor;

namespace ActorSockets.Actors.Sessions;

/// <content>
/// On the way from one node to another what is said is kept apart, without an id: on the node that it leaves from the moment its state is taken,
/// on the one where it comes to until it has been told what it missed. Each message is given to it by one of the two, which their marks tell.
/// </content>
internal sealed partial class ReliableSession
{
    private readonly Dictionary<string, long>? _has;
    private List<(OutboundMessage Message, Mark? Mark)>? _aside;
    private long _asideBytes;
    private int _told;

    /// <summary>What its actor keeps of the move while there is one.</summary>
    internal Departure? Departure { get; set; }

    /// <summary>What its actor was told meanwhile; null while there is nothing.</summary>
    internal HeldBack? HeldBack { get; set; }

    /// <summary>It has gone, and the supervisor knows it.</summary>
    internal bool IsDismissed { get; set; }

    /// <summary>It came from another node and has not been told everything yet.</summary>
    internal bool IsGated
    {
        get
        {
            lock (_gate) return _aside is not null;
        }
    }

    /// <summary>How far the router here was when it began to hear for the session; null before that.</summary>
    internal ImmutableDictionary<string, long>? GateHeard { get; private set; }

    /// <summary>The node that gave it up; null for one that began here.</summary>
    internal string? CameFrom { get; }

    /// <summary>How often it has gone to another node.</summary>
    internal int Moves { get; }

    /// <inheritdoc cref="TrySend(OutboundMessage)"/>
    /// <param name="message">What.</param>
    /// <param name="mark">Its place among what its node says to all; null for what is for this session alone, or comes from its own handler.</param>
    internal SendOutcome TrySend(OutboundMessage message, Mark? mark)
    {
        lock (_gate)
        {
            // One that has gone still takes what its router has to pass on.
            if ((_order is not null && _aside is null) || _overflown) return SendOutcome.Closed;
            if (mark is { } place && Has(place)) return SendOutcome.Queued;
            if (WhatIsFull() is { } detail)
            {
                _overflown = true;

                // On its way it cannot end; whichever node has it then ends it.
                if (_aside is null) Overflow(detail);
                return SendOutcome.Closed;
            }

            if (_aside is { } aside)
            {
                aside.Add((message, mark));
                _asideBytes += message.Payload.Length;
            }
            else
            {
                Append(message);
            }

            return SendOutcome.Queued;
        }
    }

    /// <summary>It is about to go: its numbers stand still from now on.</summary>
    internal void SetAside()
    {
        lock (_gate)
        {
            _aside ??= [];
            _told = 0;
        }
    }

    /// <summary>What the other node has not heard: all that was for this session alone, and of what was said to everybody the part up to where that node began to hear.</summary>
    internal (IReadOnlyList<SessionTail.Frame> Frames, bool IsOverflown) CloseTail(IReadOnlyDictionary<string, long> upTo)
    {
        lock (_gate)
        {
            _told = _aside!.Count;
            var tail = _aside.Where(a => a.Mark is not { } mark || mark.Number <= upTo.GetValueOrDefault(mark.By));
            return ([.. tail.Select(a => new SessionTail.Frame(a.Message.Payload, a.Message.ExpiresAt))], _overflown);
        }
    }

    /// <summary>What was said to this session alone since the tail was closed. Nothing is taken any more.</summary>
    internal IReadOnlyList<SessionTail.Frame> TakeLate()
    {
        lock (_gate)
        {
            var late = (_aside ?? []).Skip(_told).Where(a => a.Mark is null).Select(a => new SessionTail.Frame(a.Message.Payload, a.Message.ExpiresAt)).ToList();
            (_aside, _overflown) = (null, true);
            return late;
        }
    }

    /// <summary>It stays: everything that was kept apart is said now.</summary>
    internal void ComeBack()
    {
        lock (_gate) LeaveAside([]);
    }

    /// <summary>It is here, and told what it missed on the way; what came meanwhile is said after that.</summary>
    internal void OpenGate(SessionTail tail)
    {
        lock (_gate)
        {
            _overflown |= tail.IsOverflown;
            LeaveAside(tail.Frames);
        }
    }

    /// <summary>The router here hears for it from this place on.</summary>
    internal void HearFrom(ImmutableDictionary<string, long> heard)
    {
        lock (_gate)
        {
            GateHeard = heard;
            if (_has is null) return;
            foreach (var (by, number) in heard)
                if (_has.GetValueOrDefault(by) <= number) _has.Remove(by);
        }
    }

    /// <summary>It lives elsewhere. The router may not have heard of that yet, and goes on until <see cref="TakeLate"/>.</summary>
    internal void Go(CloseOrder order)
    {
        lock (_gate)
        {
            (_order, _over) = (_order ?? order, true);
            _outbox.Clear();
        }
    }

    /// <summary>How far it has heard: as far as the router here, or farther, where it brought more along.</summary>
    internal ImmutableDictionary<string, long> HeardWith(ImmutableDictionary<string, long> router)
    {
        lock (_gate)
        {
            foreach (var (by, number) in _has ?? [])
                if (router.GetValueOrDefault(by) < number) router = router.SetItem(by, number);
            return router;
        }
    }

    internal (ulong NextId, IReadOnlyList<QueuedFrame> Frames) Capture()
    {
        lock (_gate) return (_outbox.NextId, [.. _outbox.Unacknowledged]);
    }

    /// <summary>It was in what the session brought along: this router is behind the one that the session left.</summary>
    private bool Has(Mark mark)
    {
        if (_has is not { Count: > 0 } || !_has.TryGetValue(mark.By, out var number)) return false;
        if (mark.Number <= number) return true;
        _has.Remove(mark.By);
        return false;
    }

    private void LeaveAside(IEnumerable<SessionTail.Frame> first)
    {
        if (_aside is not { } aside) return;
        foreach (var frame in first) Append(new OutboundMessage(frame.Body, IsText: true) { ExpiresAt = frame.ExpiresAt });
        foreach (var (message, _) in aside) Append(message);
        (_aside, _asideBytes, _told) = (null, 0, 0);
        if (_overflown) Overflow("on-its-way=true");
    }

    private void Append(OutboundMessage message)
    {
        var frame = _outbox.Add(message.Payload, message.ExpiresAt);

        // A transport that takes nothing any more is about to be reported lost; the message is kept for the next.
        _current?.TrySend(frame.ToMessage());
    }

    private void Overflow(string detail) =>
        _actor.Tell(new ConnectionProtocol.Faulted(EndingCatalogue.SlowConsumer, detail), ActorRefs.NoSender);
}

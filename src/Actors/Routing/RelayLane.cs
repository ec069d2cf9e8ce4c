namespace ActorSockets.Actors.Routing;

/// <summary>
/// How much is on its way to one other node: the sender counts what it hands over, the receiver says now and then how far it has come. Full
/// means that clients wait, as they would for a slow receiver on their own node. Where the receiver then gives no sign, the lane is given up: nobody
/// waits, and nothing more is handed over until the receiver has taken what is on its way. So that is bounded in all, not by the second. Pure.
/// </summary>
internal sealed class RelayLane
{
    /// <summary>Bytes on the way at which clients begin to wait.</summary>
    internal const long Window = 8 * 1024 * 1024;

    /// <summary>Bytes after which the receiver says that it took them; well below the window, so that a stream never stops for it.</summary>
    internal const long SaidEvery = Window / 8;

    /// <summary>Looks without a sign that a full lane is waited for, and between two knocks; one more for each MiB beyond the window, because a long message takes its time.</summary>
    internal const int Patience = 4;

    /// <summary>What a message costs beside its payload, so that small ones count, too.</summary>
    private const int Head = 256;

    private readonly Queue<Action> _waiting = new();
    private long _sent;
    private long _told;
    private long _taken;
    private int _looks;
    private int _untilKnock;

    internal bool IsFull => !HasGivenUp && _sent - _taken >= Window;

    /// <summary>Nothing is to be handed over.</summary>
    internal bool HasGivenUp { get; private set; }

    /// <summary>Bytes handed over so far, this message included: its place in the lane, which it tells the receiver.</summary>
    internal long Add(int payload) => _told = _sent += payload + Head;

    /// <summary>
    /// For a message that does not tell its place: the place of an empty one behind it, which asks the receiver for a sign, or null while another one is not due. So
    /// what is answered to somebody else takes its part of the lane, too, until the receiver has come past it.
    /// </summary>
    internal long? Count(long bytes)
    {
        _sent += bytes + Head;
        return _sent - _told < SaidEvery ? null : _told = _sent;
    }

    /// <summary>
    /// The receiver has come so far. What was lost on the way before it counts as taken: nobody sends it again. True when the lane had been given
    /// up and is in use again.
    /// </summary>
    internal bool Taken(long upTo)
    {
        var taken = Math.Clamp(upTo, _taken, _sent);
        if (taken > _taken) _looks = 0;
        _taken = taken;
        var returns = HasGivenUp && _sent - _taken < Window;
        if (returns) HasGivenUp = false;
        if (!IsFull) Release();
        return returns;
    }

    /// <summary>To be called when there is room again.</summary>
    internal void Wait(Action whenRoom) => _waiting.Enqueue(whenRoom);

    /// <summary>Called at even distances while anybody waits. True when this was the look too many, and the lane is given up.</summary>
    internal bool Look()
    {
        if (!IsFull || ++_looks < Patience + ((_sent - _taken - Window) / SaidEvery)) return false;
        GiveUp();
        return true;
    }

    /// <summary>
    /// Called with each look: the place of an empty message that asks the receiver of a lane that was given up for a sign, or null when it is
    /// not the time. It counts for as many bytes as any receiver answers at once.
    /// </summary>
    internal long? Knock()
    {
        if (!HasGivenUp || _untilKnock-- > 0) return null;
        _untilKnock = Patience - 1;
        return _told = _sent += SaidEvery;
    }

    /// <summary>Nobody waits for it any more.</summary>
    internal void GiveUp()
    {
        if (IsFull) (HasGivenUp, _untilKnock) = (true, 0);
        Release();
    }

    private void Release()
    {
        for (var i = _waiting.Count; i > 0; i--) _waiting.Dequeue()();
    }
}

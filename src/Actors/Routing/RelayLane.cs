namespace ActorSockets.Actors.Routing;

/// <summary>
/// How much is on its way to one other node: the sender counts what it hands over, the receiver says now and then how far it has come. Full
/// means that clients wait, as they would for a slow receiver on their own node. Pure.
/// </summary>
internal sealed class RelayLane
{
    /// <summary>Bytes on the way at which clients begin to wait.</summary>
    internal const long Window = 8 * 1024 * 1024;

    /// <summary>Bytes after which the receiver says that it took them; well below the window, so that a stream never stops for it.</summary>
    internal const long SaidEvery = Window / 8;

    /// <summary>What a message costs beside its payload, so that small ones count, too.</summary>
    private const int Head = 256;

    private readonly Queue<Action> _waiting = new();
    private long _sent;
    private long _taken;
    private long _seen;

    internal bool IsFull => _sent - _taken >= Window;

    internal bool HasWaiting => _waiting.Count > 0;

    /// <summary>Bytes handed over so far, this message included: its place in the lane.</summary>
    internal long Add(int payload) => _sent += payload + Head;

    /// <summary>The receiver has come so far. What was lost on the way before it counts as taken: nobody sends it again.</summary>
    internal void Taken(long upTo)
    {
        _taken = Math.Clamp(upTo, _taken, _sent);
        if (!IsFull) Release();
    }

    /// <summary>To be called when there is room again.</summary>
    internal void Wait(Action whenRoom) => _waiting.Enqueue(whenRoom);

    /// <summary>Called once in a while: a lane that is full and has not moved since the last time is not waited for any longer.</summary>
    internal void Look()
    {
        if (IsFull && _taken == _seen) GiveUp();
        _seen = _taken;
    }

    /// <summary>Nobody waits for it any more.</summary>
    internal void GiveUp()
    {
        _taken = _sent;
        Release();
    }

    private void Release()
    {
        for (var i = _waiting.Count; i > 0; i--) _waiting.Dequeue()();
    }
}

namespace ActorSockets.Actors.Sessions;

/// <summary>
/// The last ack ids of a session that succeeded, so that a request that was repeated is not done twice. Failed ones are not
/// remembered: they may be tried again. Holds nothing until there is one; then up to 8 bytes for each. Pure.
/// </summary>
/// <param name="size">How many are remembered.</param>
internal sealed class AckWindow(int size = AckWindow.DefaultSize)
{
    internal const int DefaultSize = 1000;

    private const int First = 16;

    private ulong[] _ids = [];

    // Below the size: how many there are. From there on: the size, and the place of the oldest.
    private int _place;

    private int Count => Math.Min(_place, size);

    private int Oldest => Math.Max(0, _place - size);

    internal bool Contains(ulong id) => _ids.AsSpan(0, Count).Contains(id);

    internal void Add(ulong id)
    {
        if (_place < size)
        {
            if (_place == _ids.Length) Array.Resize(ref _ids, Math.Min(Math.Max(_ids.Length * 2, First), size));
            _ids[_place++] = id;
            return;
        }

        _ids[Oldest] = id;
        _place = size + ((Oldest + 1) % size);
    }

    /// <summary>All that are remembered, the oldest first.</summary>
    internal ulong[] Capture() => [.. _ids.AsSpan(Oldest, Count - Oldest), .. _ids.AsSpan(0, Oldest)];
}

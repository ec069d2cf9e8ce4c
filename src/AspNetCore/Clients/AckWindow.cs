namespace ActorSockets.AspNetCore.Clients;

/// <summary>
/// The last ack ids of a connection that succeeded, so that a request that was repeated is not done twice. Failed ones are not
/// remembered: they may be tried again. Holds nothing until there is one; then up to 8 KB. Pure.
/// </summary>
internal sealed class AckWindow
{
    /// <summary>How many are remembered.</summary>
    internal const int Size = 1000;

    private const int First = 16;

    private ulong[] _ids = [];
    private int _count;
    private int _oldest;

    internal bool Contains(ulong id) => _ids.AsSpan(0, _count).Contains(id);

    internal void Add(ulong id)
    {
        if (_count < Size)
        {
            if (_count == _ids.Length) Array.Resize(ref _ids, Math.Clamp(_ids.Length * 2, First, Size));
            _ids[_count++] = id;
            return;
        }

        _ids[_oldest] = id;
        _oldest = (_oldest + 1) % Size;
    }
}

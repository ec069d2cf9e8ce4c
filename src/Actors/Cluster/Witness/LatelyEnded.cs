using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// Sessions that came from another node and ended here not long ago: the witness of that node may not have heard that they had left it, and asks before it reports
/// them. Forgotten after a while, the oldest first when there are many.
/// </summary>
internal sealed class LatelyEnded
{
    private const int Most = 25_000;

    private HashSet<ConnectionId> _young = [];
    private HashSet<ConnectionId> _old = [];

    internal void Put(ConnectionId id)
    {
        if (_young.Count == Most) Age();
        _young.Add(id);
    }

    internal bool Holds(ConnectionId id) => _young.Contains(id) || _old.Contains(id);

    /// <summary>Whatever is older than the last call goes.</summary>
    internal void Age()
    {
        if (_young.Count + _old.Count > 0) (_old, _young) = (_young, []);
    }
}

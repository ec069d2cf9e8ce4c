using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>
/// Where sessions are that this node made, or had, and that live on another one: what is asked or said of them here is passed on. Read by anybody,
/// written by moves and router. Bounded: what was forgotten is found by asking all nodes.
/// </summary>
internal sealed class Whereabouts(Peers peers, int capacity = Whereabouts.DefaultCapacity)
{
    internal const int DefaultCapacity = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<ConnectionId, Place> _places = [];
    private readonly Queue<(ConnectionId Id, int Moves)> _order = new();
    private volatile bool _isEmpty = true;

    internal bool IsEmpty => _isEmpty;

    /// <summary>The node to which it went from here, or where its maker was told that it is; null when nothing is known of it, or that node is gone.</summary>
    internal MemberNode? Find(ConnectionId id)
    {
        if (_isEmpty) return null;
        Place place;
        lock (_gate)
            if (!_places.TryGetValue(id, out place)) return null;
        return peers.Now.Others.FirstOrDefault(m => m.Tag == place.Node);
    }

    /// <param name="moves">How often it has moved, this one included: older news is no news.</param>
    internal void Put(ConnectionId id, string node, int moves)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(id, out var known) && known.Moves >= moves) return;
            _places[id] = new Place(node, moves);
            _order.Enqueue((id, moves));
            while (_places.Count > capacity || _order.Count > 2 * capacity)
            {
                var (oldest, at) = _order.Dequeue();
                if (_places.TryGetValue(oldest, out var place) && place.Moves == at) _places.Remove(oldest);
            }

            _isEmpty = _places.Count == 0;
        }
    }

    /// <summary>It is here (again). Where this node made it, older news may still be on their way to here, so it is remembered; to nobody it is elsewhere.</summary>
    internal void Arrive(ConnectionId id, string here, int moves)
    {
        if (peers.Now.MakerOf(id)?.Tag == here) Put(id, here, moves);
        else Forget(id);
    }

    /// <summary>It is over.</summary>
    internal void Forget(ConnectionId id)
    {
        if (_isEmpty) return;
        lock (_gate)
        {
            _places.Remove(id);
            _isEmpty = _places.Count == 0;
        }
    }

    /// <summary>With a node go its sessions.</summary>
    internal void ForgetNode(string node)
    {
        lock (_gate)
        {
            foreach (var id in _places.Where(p => p.Value.Node == node).Select(p => p.Key).ToList()) _places.Remove(id);
            _isEmpty = _places.Count == 0;
        }
    }

    private readonly record struct Place(string Node, int Moves);
}

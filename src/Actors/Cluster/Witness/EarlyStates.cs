using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// What was to be kept for sessions that are not known: they open in a moment, or have just ended. Which of the two nobody can tell, so each
/// is forgotten after a while, and there are never many.
/// </summary>
internal sealed class EarlyStates
{
    private const int Most = 10_000;

    private Dictionary<ConnectionId, string?> _young = [];
    private Dictionary<ConnectionId, string?> _old = [];

    internal void Put(ConnectionId id, string? state)
    {
        if (_young.Count < Most) _young[id] = state;
    }

    internal string? Take(ConnectionId id)
    {
        if (_young.Remove(id, out var state)) return state;
        return _old.Remove(id, out state) ? state : null;
    }

    /// <summary>Whatever is older than the last call goes.</summary>
    internal void Age()
    {
        if (_young.Count + _old.Count > 0) (_old, _young) = (_young, []);
    }
}

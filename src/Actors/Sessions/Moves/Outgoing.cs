using System.Diagnostics.CodeAnalysis;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>
/// The sessions that go from this node: those that wait, in the order in which they came, and those that are under way, as many as share the ways between nodes
/// well. With a whole node's sessions waiting nothing here may take longer for each of them, so nothing is counted: numbers are kept. Pure.
/// </summary>
internal sealed class Outgoing
{
    /// <summary>Each holds what its client has not acknowledged, and those to one node share a connection.</summary>
    internal const int MostAtATime = 32;
    internal const long MostBytesAtATime = 32 * 1024 * 1024;

    private readonly Dictionary<ConnectionId, Moving> _all = [];
    private readonly Dictionary<string, Moving> _byMove = new(StringComparer.Ordinal);

    // Among them some that have begun out of turn, or are gone.
    private readonly Queue<Moving> _waiting = new();
    private readonly HashSet<Moving> _underWay = [];
    private long _bytes;

    internal IReadOnlyCollection<Moving> UnderWay => _underWay;

    internal bool TryFind(ConnectionId id, [NotNullWhen(true)] out Moving? moving) => _all.TryGetValue(id, out moving);

    /// <param name="move">Of the attempt that is under way.</param>
    internal bool TryFind(string move, [NotNullWhen(true)] out Moving? moving) => _byMove.TryGetValue(move, out moving);

    internal IEnumerable<Moving> To(string tag) => _underWay.Where(m => m.To?.Tag == tag);

    /// <summary>It waits for its turn.</summary>
    internal void Add(Moving moving)
    {
        _all.Add(moving.Id, moving);
        _waiting.Enqueue(moving);
    }

    /// <summary>Whose turn it is; it is under way then. Null while there are enough, or none waits.</summary>
    internal Moving? Next()
    {
        while (_underWay.Count < MostAtATime && _bytes < MostBytesAtATime && _waiting.TryDequeue(out var next))
        {
            if (next.Leg != Leg.Queued || !Has(next)) continue;
            Begin(next);
            return next;
        }

        return null;
    }

    /// <summary>It does not wait (any more), however many are under way.</summary>
    internal void Begin(Moving moving)
    {
        _all[moving.Id] = moving;
        moving.Leg = Leg.Resting;
        _underWay.Add(moving);
    }

    /// <summary>What there is of it is held here as well until it is decided.</summary>
    internal void Hold(Moving moving, byte[] state)
    {
        _bytes += state.Length - moving.State.Length;
        moving.State = state;
    }

    /// <summary>A further attempt; what comes of an earlier one is not heard any more.</summary>
    internal void Name(Moving moving, string move)
    {
        _byMove.Remove(moving.Move);
        moving.Move = move;
        if (move.Length > 0) _byMove.Add(move, moving);
    }

    internal void Remove(Moving moving)
    {
        if (!Has(moving)) return;
        _all.Remove(moving.Id);
        _byMove.Remove(moving.Move);
        if (_underWay.Remove(moving)) _bytes -= moving.State.Length;
    }

    private bool Has(Moving moving) => _all.TryGetValue(moving.Id, out var known) && ReferenceEquals(known, moving);
}

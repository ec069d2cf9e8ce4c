using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// The sessions of this node, and which of them the witness has yet to be told of. Told is how each stands at that moment, so whatever happens
/// to a session in between is one line, and repeating one does no harm. Pure; about 70 bytes for each session beside the session's own.
/// </summary>
internal sealed class Roster
{
    /// <summary>So many ends that nobody has heard of are kept; with more it is cheaper to begin anew.</summary>
    internal const int MostGone = 50_000;

    // Of a line beside its texts: id, address, moment and their heads.
    private const int LineBytes = 80;

    private readonly Dictionary<ConnectionId, Line> _held = [];
    private readonly HashSet<ConnectionId> _changed = [];
    private readonly EarlyStates _early = new();
    private readonly LatelyEnded _ended = new();
    private bool _isTold;
    private int _telling;

    /// <summary>Sessions that are open.</summary>
    internal int Count => _held.Count;

    /// <summary>Changes that are still to be told; none where nobody is.</summary>
    internal int Untold => _changed.Count;

    /// <summary>Sessions of which the one who is told has not heard anything.</summary>
    internal IEnumerable<ConnectionId> Unheard => _held.Where(h => h.Value.HeardIn != _telling).Select(h => h.Key);

    /// <summary>Too much has happened that nobody has heard of.</summary>
    internal bool IsBehind => _changed.Count > _held.Count + MostGone;

    /// <summary>It is here, or another node had it and it ended here: nobody else has to say what became of it.</summary>
    internal bool HasMet(ConnectionId id) => _held.ContainsKey(id) || _ended.Holds(id);

    /// <summary>It is here, with all its facts: it opened, or has another address.</summary>
    internal void Put(SessionInfo session) => Set(session, adopted: false);

    /// <summary>It came from another node.</summary>
    internal void Adopt(SessionInfo session) => Set(session, adopted: true);

    /// <summary>As <see cref="Put"/>, unless it has ended meanwhile.</summary>
    internal void Update(SessionInfo session)
    {
        if (_held.TryGetValue(session.Id, out var known) && known.Session.Address != session.Address) Put(session);
    }

    /// <summary>What is kept for it has changed. May come before <see cref="Put"/>, because it comes from elsewhere.</summary>
    internal void Keep(ConnectionId id, string? state)
    {
        if (!_held.TryGetValue(id, out var known))
        {
            _early.Put(id, state);
            return;
        }

        if (known.State == state) return;
        _held[id] = known with { State = state };
        Changed(id);
    }

    /// <summary>It went to another node.</summary>
    internal void Remove(ConnectionId id)
    {
        if (_held.Remove(id)) Changed(id);
    }

    /// <summary>It is over.</summary>
    /// <param name="id">Of the session.</param>
    /// <param name="withItsNode">It ended because the node that was taking it over is lost, which may have told that it had it.</param>
    internal void End(ConnectionId id, bool withItsNode)
    {
        if (!_held.Remove(id, out var line)) return;
        Changed(id);
        if (line.IsAdopted || withItsNode) _ended.Put(id);
    }

    /// <summary>Somebody is told who knows nothing yet.</summary>
    internal void BeginTelling()
    {
        (_isTold, _telling) = (true, _telling + 1);
        _changed.Clear();
        _changed.UnionWith(_held.Keys);
    }

    /// <summary>Nobody is there to be told.</summary>
    internal void EndTelling()
    {
        _isTold = false;
        _changed.Clear();
    }

    /// <summary>The next part.</summary>
    /// <param name="most">Lines.</param>
    /// <param name="mostBytes">About so many; one line may exceed it.</param>
    internal (IReadOnlyList<WitnessedSession> Held, IReadOnlyList<ConnectionId> Gone) Take(int most, int mostBytes)
    {
        var held = new List<WitnessedSession>();
        var gone = new List<ConnectionId>();
        var bytes = 0;
        foreach (var id in _changed)
        {
            if (held.Count + gone.Count == most || bytes >= mostBytes) break;
            bytes += LineBytes;
            if (_held.TryGetValue(id, out var line))
            {
                held.Add(WitnessedSession.Of(line.Session, line.State));
                bytes += (line.Session.UserId?.Length ?? 0) + (line.State?.Length ?? 0);
            }
            else
            {
                gone.Add(id);
            }
        }

        foreach (var session in held) _changed.Remove(session.Id);
        foreach (var id in gone) _changed.Remove(id);
        return (held, gone);
    }

    /// <summary>A part has arrived.</summary>
    internal void Heard(IReadOnlyList<WitnessedSession> held)
    {
        foreach (var session in held)
            if (_held.TryGetValue(session.Id, out var line)) _held[session.Id] = line with { HeardIn = _telling };
    }

    /// <summary>Once in a while: what is not needed any more is forgotten.</summary>
    internal void Age()
    {
        _early.Age();
        _ended.Age();
    }

    private void Set(SessionInfo session, bool adopted)
    {
        _held[session.Id] = _held.TryGetValue(session.Id, out var known)
            ? known with { Session = session, IsAdopted = known.IsAdopted || adopted }
            : new Line(session, _early.Take(session.Id), 0, adopted);
        Changed(session.Id);
    }

    private void Changed(ConnectionId id)
    {
        if (_isTold) _changed.Add(id);
    }

    /// <param name="Session">As it is now.</param>
    /// <param name="State">What is kept for it.</param>
    /// <param name="HeardIn">The last telling in which it was heard of.</param>
    /// <param name="IsAdopted">Another node had it before.</param>
    private readonly record struct Line(SessionInfo Session, string? State, int HeardIn, bool IsAdopted);
}

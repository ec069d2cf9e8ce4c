using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>
/// A node's side of user limits: the claims that wait for an answer. A claim is said again until its user's owner answers, to another
/// owner when there is one, and is given up at its deadline. Pure and single-threaded.
/// </summary>
internal sealed class SlotClaims
{
    /// <summary>Longer than an orderly change of owner takes, and well within the time that a handshake has.</summary>
    internal static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(5);

    /// <summary>An owner that is still learning does not answer; it says when it is ready, but that may be lost.</summary>
    internal static readonly TimeSpan SayAgain = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<ConnectionId, Pending> _pending = [];

    // Of all claims: a session may come here again, under the same id, and an answer to what it was refused or left before is none to that.
    private int _attempts;
    private SlotView _view = SlotView.Alone("");

    internal int Count => _pending.Count;

    /// <summary>A new claim; null when no owner can be asked.</summary>
    internal Question? Ask(ConnectionId id, UserKey user, DateTimeOffset since, TimeSpan now)
    {
        if (OwnerOf(user) is { } owner && _view.Unreachable.Contains(owner)) return null;
        var pending = new Pending(id, user, since, now + GiveUpAfter);
        _pending[id] = pending;
        return Say(pending, now);
    }

    /// <summary>True when this answers a claim that waits; false when it is late, or not from the one who decides.</summary>
    internal bool Answered(string from, ConnectionId id, int attempt)
    {
        if (!_pending.TryGetValue(id, out var pending) || pending.Attempt != attempt || pending.Owner != from) return false;
        return _pending.Remove(id);
    }

    /// <summary>True when a claim waits under this id: an answer that does not fit is no news of a session then.</summary>
    internal bool Waits(ConnectionId id) => _pending.ContainsKey(id);

    /// <summary>The client has gone. True when it was still waiting.</summary>
    internal bool Withdraw(ConnectionId id) => _pending.Remove(id);

    /// <summary>What to ask anew, because its owner is another one now.</summary>
    internal IReadOnlyList<Question> Follow(SlotView view, TimeSpan now)
    {
        _view = view;
        return Ask(_pending.Values.Where(p => OwnerOf(p.User) != p.Owner), now);
    }

    /// <summary>What to ask again of an owner that was not ready.</summary>
    internal IReadOnlyList<Question> Ready(string owner, TimeSpan now) => Ask(_pending.Values.Where(p => p.Owner == owner), now);

    /// <summary>What to ask again, and which claims are given up.</summary>
    internal (IReadOnlyList<Question> Again, IReadOnlyList<(ConnectionId Id, UserKey User)> GivenUp) Tick(TimeSpan now)
    {
        if (_pending.Count == 0) return ([], []);
        var over = _pending.Values.Where(p => p.Deadline <= now || (p.Owner is { } owner && _view.Unreachable.Contains(owner))).Select(p => (p.Id, p.User)).ToList();
        foreach (var (id, _) in over) _pending.Remove(id);
        return (Ask(_pending.Values.Where(p => now - p.AskedAt >= SayAgain), now), over);
    }

    private List<Question> Ask(IEnumerable<Pending> pending, TimeSpan now) => [.. pending.Select(p => Say(p, now))];

    private Question Say(Pending pending, TimeSpan now)
    {
        var owner = OwnerOf(pending.User);
        if (owner != pending.Owner) (pending.Owner, pending.Attempt) = (owner, _attempts = _attempts == int.MaxValue ? 1 : _attempts + 1);
        pending.AskedAt = now;
        return new Question(owner, pending.Id, pending.User, pending.Since, pending.Attempt);
    }

    private string? OwnerOf(UserKey user) => _view.MayClaim ? _view.Owners[UserBucket.Of(user)] : null;

    /// <param name="Owner">Whom to ask; null for nobody at present, and then it waits.</param>
    internal sealed record Question(string? Owner, ConnectionId Id, UserKey User, DateTimeOffset Since, int Attempt);

    private sealed class Pending(ConnectionId id, UserKey user, DateTimeOffset since, TimeSpan deadline)
    {
        internal ConnectionId Id { get; } = id;

        internal UserKey User { get; } = user;

        internal DateTimeOffset Since { get; } = since;

        internal TimeSpan Deadline { get; } = deadline;

        internal string? Owner { get; set; }

        internal int Attempt { get; set; }

        internal TimeSpan AskedAt { get; set; }
    }
}

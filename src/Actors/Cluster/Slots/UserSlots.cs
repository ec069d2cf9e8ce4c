using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>
/// The owner's side of user limits: for each user of its buckets it alone decides who holds a slot, so the limit holds over all
/// members at every moment. Pure and single-threaded; what nodes are to hear it leaves in <see cref="Take"/>.
/// </summary>
/// <remarks>
/// <para>The truth is with the nodes; this is a copy of it. A bucket that is gained decides nothing until every member has said what it
/// holds, and a member says so only once it too takes this node for the owner; from then on it hears nobody else. So there
/// are never two who decide, whatever each of them believes of the membership.</para>
/// <para>Nothing expires by the clock: a grant that is not answered is said again, until the node says yes, no, or is removed. What a node
/// tells is numbered, so that a lost notice is noticed, and the node is asked again for all that it holds.</para>
/// <para>A session that goes to another node is held by both for a while, and counts once: the next node claims it before the other one frees it.</para>
/// <para>Who is too many is marked, and counts until it is gone; see <c>UserSlots.Excess.cs</c>.</para>
/// </remarks>
/// <param name="limitOf">The limit in force for a hub.</param>
/// <param name="firstRound">Higher than any round of questions in an earlier life.</param>
internal sealed partial class UserSlots(Func<string, SlotLimit> limitOf, long firstRound = 1)
{
    /// <summary>After this long without an answer a grant or an eviction is said again.</summary>
    internal static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(3);

    private readonly OwnedBucket?[] _buckets = new OwnedBucket?[UserBucket.Count];
    private readonly Dictionary<(ConnectionId Id, string Node), UserSlot> _unsettled = [];
    private readonly NoticeCounts _notices = new();
    private readonly List<SlotEffect> _effects = [];
    private SlotView _view = SlotView.Alone("");

    /// <summary>Slots known, those that were passed on included.</summary>
    internal int Known => Owned.Sum(b => b.Users.Values.Sum(u => u.Slots.Count));

    private IEnumerable<OwnedBucket> Owned => _buckets.OfType<OwnedBucket>();

    /// <summary>What is to be told since the last time.</summary>
    internal IReadOnlyList<SlotEffect> Take()
    {
        if (_effects.Count == 0) return [];
        SlotEffect[] taken = [.. _effects];
        _effects.Clear();
        return taken;
    }

    /// <summary>
    /// A node asks for a slot; it may ask again with the same id. No answer while this is not for us to decide, or not yet: the node
    /// asks again, here or elsewhere.
    /// </summary>
    internal void Claim(string node, ConnectionId id, UserKey user, DateTimeOffset since, int attempt, TimeSpan now)
    {
        if (_buckets[UserBucket.Of(user)] is not { IsReady: true } bucket || !_view.Members.Contains(node)) return;
        if (bucket.Find(user, id, node) is { } known)
        {
            known.Attempt = Math.Max(attempt, known.Attempt);
            if (known.State == SlotState.Passed) return;

            // Who asks does not hold it, whatever was lost of how it let go of it the last time: a session may come back to a node.
            known.State = SlotState.Granted;
            Say(known, new SlotEffect.Grant(node, id, user, attempt), now);
            return;
        }

        var limit = limitOf(user.Hub);
        UserShare? tooMany = null;
        if (bucket.FindTwin(user, id, node) is { } twin)
        {
            // It has its place already, unless it has lost it.
            if (twin.State == SlotState.Passed)
            {
                _effects.Add(new SlotEffect.Deny(node, id, user, attempt, limit.Limit));
                return;
            }
        }
        else if (bucket.Users.TryGetValue(user, out var share) && limit.Limit > 0 && share.Counted >= limit.Limit)
        {
            if (!MakeRoom(share, limit, node, now))
            {
                _effects.Add(new SlotEffect.Deny(node, id, user, attempt, limit.Limit));
                return;
            }

            tooMany = share;
        }

        var slot = bucket.Add(new UserSlot(id, user, node, since) { State = SlotState.Granted, Attempt = attempt });
        Say(slot, new SlotEffect.Grant(node, id, user, attempt), now);
        if (tooMany is not null) Balance(tooMany, limit, oldest: null, now);
    }

    /// <summary>A node says: this session is open.</summary>
    /// <param name="isMarked">And it has been told that it is one too many.</param>
    internal void Opened(string node, long number, ConnectionId id, UserKey user, bool isMarked, TimeSpan now)
    {
        if (!_notices.Follows(node, number) || _buckets[UserBucket.Of(user)] is not { } bucket || bucket.Unheard.Contains(node)) return;
        if (bucket.Find(user, id, node) is not { } slot)
        {
            // Not ours to add: it may be the echo of one that has ended. The node knows.
            if (bucket.IsReady) _notices.Doubt(node);
            return;
        }

        if (slot.State == SlotState.Passed) return;
        (slot.State, slot.Attempt) = (SlotState.Open, 0);

        // It may have been marked while it was on its way to this node; or the node heard something twice, or late.
        var should = bucket.Users[user].IsMarked(id);
        if (should != isMarked) Say(slot, should ? Mark(slot) : Lift(slot), now);
        else if (!should) Settle(slot);
        if (bucket.IsReady) Balance(bucket.Users[user], limitOf(user.Hub), oldest: null, now);
    }

    /// <summary>A node says: this slot is free. Heard late, after it was heard in another way, it could be about an earlier stay of a session that came back.</summary>
    internal void Released(string node, long number, ConnectionId id, UserKey user, TimeSpan now)
    {
        if (!_notices.Follows(node, number) || _buckets[UserBucket.Of(user)] is not { } bucket || bucket.Unheard.Contains(node)) return;
        if (bucket.Find(user, id, node) is not { } slot) return;
        Forget(bucket, slot);
        if (bucket.IsReady && bucket.Users.TryGetValue(user, out var share)) Balance(share, limitOf(user.Hub), oldest: null, now);
    }

    /// <summary>A node says how much it has told, so that the loss of the last notice is noticed too.</summary>
    internal void Told(string node, long number) => _notices.StandsAt(node, number);

    /// <summary>
    /// A node says that what is known of it in these buckets may be wrong. Where it has yet to be heard it will be asked anyway.
    /// </summary>
    internal void Recount(string node, BucketSet buckets)
    {
        if (buckets.Any(index => _buckets[index] is { } bucket && !bucket.Unheard.Contains(node))) _notices.Doubt(node);
    }

    /// <summary>All that a node holds in some buckets, at the point of its notices where this stands among them.</summary>
    /// <param name="round">That of the question; 0 where the node does not say, because it is of an older release.</param>
    internal void Holdings(string node, long number, long round, BucketSet buckets, IReadOnlyCollection<HeldSlot> held, TimeSpan now)
    {
        // Asked before this node lost a bucket and got it back, or forgot it: what it granted then may be on its way still.
        if (round > 0) buckets = new BucketSet(buckets.Where(index => _buckets[index] is not { } bucket || bucket.Round <= round));
        if (!_view.Members.Contains(node) || !Follows(node, number, buckets)) return;
        var byId = held.ToDictionary(h => h.Id);
        foreach (var index in buckets)
        {
            if (_buckets[index] is not { } bucket) continue;
            // One that was granted and is not reported is on its way to the node: notices of it come later.
            foreach (var slot in bucket.Users.Values.SelectMany(u => u.Slots).Where(s => s.Node == node && s.State != SlotState.Granted && !byId.ContainsKey(s.Id)).ToList())
                Forget(bucket, slot);
        }

        foreach (var one in held)
            if (buckets.Contains(UserBucket.Of(one.User)) && _buckets[UserBucket.Of(one.User)] is { } bucket) Enter(bucket, node, one, now);
        var ready = false;
        foreach (var index in buckets)
        {
            if (_buckets[index] is not { } bucket) continue;
            ready |= bucket.Unheard.Remove(node) && bucket.IsReady;
            if (bucket.IsReady) Balance(bucket, oldest: null, now);
        }

        if (ready) AnnounceReady();
    }

    /// <summary>Says again what was not answered.</summary>
    internal void Tick(TimeSpan now)
    {
        foreach (var slot in _unsettled.Values)
        {
            if (now - slot.ToldAt < SayAgain) continue;
            slot.ToldAt = now;
            _effects.Add(slot.Eviction ?? (SlotEffect)Lift(slot));
        }
    }

    /// <summary>Other limits are in force. As on one node, the oldest of those who are too many go; who has not gone and fits now stays.</summary>
    internal void LimitsChanged(TimeSpan now)
    {
        foreach (var bucket in Owned)
        {
            foreach (var user in bucket.Users.Keys.Where(u => limitOf(u.Hub).Limit <= 0).ToList())
            {
                Balance(bucket.Users[user], limitOf(user.Hub), oldest: true, now);
                foreach (var slot in bucket.Users[user].Slots.ToList()) Forget(bucket, slot);
            }

            if (bucket.IsReady) Balance(bucket, oldest: true, now);
        }
    }

    private void Enter(OwnedBucket bucket, string node, HeldSlot held, TimeSpan now)
    {
        var slot = bucket.Find(held.User, held.Id, node) ?? bucket.Add(new UserSlot(held.Id, held.User, node, held.Since));
        if (slot.State == SlotState.Passed) return;
        slot.Attempt = 0;
        slot.State = held.State switch { HeldState.Open or HeldState.Excess => SlotState.Open, HeldState.Passed => SlotState.Passed, _ => SlotState.Opening };
        var share = bucket.Users[held.User];
        if (held.State == HeldState.Excess) share.Mark(slot.Id);
        share.Reckon(slot.Id);
        if (slot.State == SlotState.Passed) Await(slot, new SlotEffect.Evict(node, slot.Id, slot.User, ForItsNode: false, Gently: false), now);
        else if (slot.State == SlotState.Opening) Await(slot, null, now);
        else if (share.IsMarked(slot.Id))
            // Its node may not know that yet, nor may the one where it comes from.
            foreach (var open in share.Of(slot).Where(s => s.State == SlotState.Open)) Await(open, Mark(open), now);
        else Settle(slot);
    }

    private void Forget(OwnedBucket bucket, UserSlot slot)
    {
        bucket.Remove(slot);
        _unsettled.Remove((slot.Id, slot.Node));
    }

    /// <summary>What is said to its node, and again until the node answers.</summary>
    private void Say(UserSlot slot, SlotEffect what, TimeSpan now)
    {
        Await(slot, what as SlotEffect.Evict, now);
        _effects.Add(what);
    }

    /// <summary>Its node has heard it by now, or hears it with the next <see cref="Tick"/>.</summary>
    private void Await(UserSlot slot, SlotEffect.Evict? eviction, TimeSpan now)
    {
        (slot.Eviction, slot.ToldAt) = (eviction, now);
        _unsettled[(slot.Id, slot.Node)] = slot;
    }

    private void Settle(UserSlot slot)
    {
        slot.Eviction = null;
        _unsettled.Remove((slot.Id, slot.Node));
    }

    private void AnnounceReady()
    {
        foreach (var member in _view.Members) _effects.Add(new SlotEffect.Ready(member));
    }
}

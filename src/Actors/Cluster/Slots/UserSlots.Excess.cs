namespace ActorSockets.Actors.Cluster.Slots;

/// <content>
/// Who has to go, in two ways. Who is <em>passed on</em> has given its place to a newcomer: it counts no more, that is final, and its node ends it at once.
/// Who is <em>marked</em> is one too many, and nobody waits for its place: it counts until it is gone, wherever it goes meanwhile, and stays if there is room before that.
/// As many are marked as are too many, at every moment; who is opening is not, as long as it opens.
/// </content>
internal sealed partial class UserSlots
{
    private const int SmallestAllowance = 16;

    /// <summary>
    /// For a newcomer, and so that it fits: where more are too many already, all of these go now, those first who are to go anyway. To exchange one of them for the
    /// newcomer would not do, because that one may be gone already.
    /// </summary>
    private bool MakeRoom(UserShare share, SlotLimit limit, string node, TimeSpan now)
    {
        if (!limit.ClosesOldest) return false;
        var needed = share.Counted - limit.Limit + 1;
        if (share.Passed + needed > Math.Max(SmallestAllowance, limit.Limit / 100)) return false;
        var victims = share.Victims(needed);
        if (victims.Count < needed) return false;

        // What else the newcomer needs on its node it takes from one of them.
        var here = victims.FirstOrDefault(v => v.Node == node);
        foreach (var victim in victims) PassOn(share, victim, forNode: victim == here ? node : null, now);
        return true;
    }

    private void Balance(OwnedBucket bucket, bool? oldest, TimeSpan now)
    {
        foreach (var (user, share) in bucket.Users)
            if (share.Slots.Count > 1 || share.Marked > 0) Balance(share, limitOf(user.Hub), oldest, now);
    }

    /// <summary>
    /// By the policy unless it is said: who would have made room for the others goes, or who would have been refused. Of those who are marked the
    /// youngest stay, because the oldest are closed first.
    /// </summary>
    private void Balance(UserShare share, SlotLimit limit, bool? oldest, TimeSpan now)
    {
        var excess = limit.Limit > 0 ? Math.Max(0, share.Counted - limit.Limit) : 0;
        if (share.Marked < excess)
        {
            foreach (var slot in share.Candidates(oldest ?? limit.ClosesOldest))
            {
                if (!share.Mark(slot.Id)) continue;
                foreach (var open in share.Of(slot).Where(s => s.State == SlotState.Open)) Say(open, Mark(open), now);
                if (share.Marked == excess) return;
            }
        }
        else if (share.Marked > excess)
        {
            foreach (var slot in share.MarkedYoungestFirst())
            {
                if (!share.Unmark(slot.Id)) continue;
                foreach (var open in share.Of(slot).Where(s => s.State == SlotState.Open)) Say(open, Lift(open), now);
                if (share.Marked == excess) return;
            }
        }
    }

    /// <summary>Wherever it is: one on its way is told on both nodes.</summary>
    private void PassOn(UserShare share, UserSlot which, string? forNode, TimeSpan now)
    {
        foreach (var slot in share.Of(which).Where(s => s.State != SlotState.Passed))
        {
            slot.State = SlotState.Passed;
            Say(slot, new SlotEffect.Evict(slot.Node, slot.Id, slot.User, slot.Node == forNode, Gently: false), now);
        }

        share.Reckon(which.Id);
    }

    private static SlotEffect.Evict Mark(UserSlot slot) => new(slot.Node, slot.Id, slot.User, ForItsNode: false, Gently: true);

    /// <summary>Its claim holds, or holds again.</summary>
    private static SlotEffect.Grant Lift(UserSlot slot) => new(slot.Node, slot.Id, slot.User, slot.Attempt);
}

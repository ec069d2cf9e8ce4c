using ActorSockets.Actors.Connections;
using static ActorSockets.Actors.Cluster.Slots.UserSlotProtocol;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>What is said to other nodes, and what is asked of them.</summary>
internal sealed partial class UserSlotActor
{
    /// <summary>Sessions in one message. A user id is not longer than a token, so a part stays far below the longest frame.</summary>
    private const int HeldPerPart = 500;

    private readonly Dictionary<string, long> _told = [];
    private readonly Dictionary<string, HoldingsSoFar> _hearing = [];
    private readonly Dictionary<string, BucketSet> _asked = [];

    private void Follow(Membership membership)
    {
        var before = _view;
        var members = membership.All.ToList();
        var up = members.Where(m => m.State == MemberState.Up).Select(m => m.Tag).ToList();
        _view = new SlotView(_self, [.. members.Select(m => m.Tag)], BucketOwners.Of(up), [.. members.Where(m => !m.Reachable).Select(m => m.Tag)])
        {
            MayClaim = membership.Self.State is MemberState.Up or MemberState.Leaving,
        };
        _views++;
        _asked.Clear();
        _peers = members.ToDictionary(m => m.Tag, m => m.Tag == _self ? Self : _peerOn(m));
        foreach (var gone in before.Members.Except(_view.Members))
        {
            _told.Remove(gone);
            _hearing.Remove(gone);
        }

        _slots.Follow(_view, Now);
        foreach (var question in _claims.Follow(_view, Now)) Say(question);

        // Who gets a bucket back that it never knew it had lost has missed what was told to another meanwhile.
        if (_wanted)
            foreach (var (owner, gained) in _view.Owners.GainedSince(before.Owners)) To(owner, new Recount(_self, gained));
        AskAround();
    }

    private void AskAround()
    {
        if (!_wanted) return;
        foreach (var (node, buckets) in _slots.Questions())
            if (!_view.Unreachable.Contains(node)) To(node, new Learn(_self, buckets, _slots.Round));
    }

    private void SayStanding()
    {
        foreach (var (owner, number) in _told) To(owner, new SoFar(_self, number));
    }

    /// <summary>Only once we too take the asker for the owner; from then on we hear nobody else.</summary>
    private void OnLearn(Learn learn)
    {
        var agreed = new BucketSet(learn.Buckets.Where(b => _view.Owners[b] == learn.From));

        // The supervisor has yet to answer an earlier question.
        if (agreed.IsEmpty || (_asked.TryGetValue(learn.From, out var asked) && asked.Equals(agreed))) return;
        _asked[learn.From] = agreed;
        _supervisor.Tell(new GetHolders(learn.From, agreed, _views, learn.Round), Self);
    }

    private void OnHolders(Holders holders)
    {
        if (holders.View != _views) return;
        _asked.Remove(holders.Owner);
        var number = NextTo(holders.Owner);
        var parts = Math.Max(1, (holders.Held.Count + HeldPerPart - 1) / HeldPerPart);
        for (var part = 0; part < parts; part++)
        {
            var held = holders.Held.Skip(part * HeldPerPart).Take(HeldPerPart).ToList();
            To(holders.Owner, new Holdings(_self, number, part, part == parts - 1 ? holders.Buckets : null, held, holders.Round));
        }
    }

    private void OnHoldings(Holdings holdings)
    {
        if (!_hearing.TryGetValue(holdings.From, out var soFar) || soFar.Number != holdings.Number)
            _hearing[holdings.From] = soFar = new HoldingsSoFar(holdings.Number);

        // One part was lost, and the rest is worth nothing; the question is asked again.
        if (holdings.Part != soFar.Parts++) return;
        soFar.Held.AddRange(holdings.Held);
        if (holdings.Buckets is null) return;
        _hearing.Remove(holdings.From);
        _slots.Holdings(holdings.From, holdings.Number, holdings.Round, holdings.Buckets, soFar.Held, Now);
    }

    private void Notify(ConnectionId id, UserKey user, bool isFree = false, bool isMarked = false)
    {
        if (OwnerOf(user) is { } owner) To(owner, new Notice(_self, NextTo(owner), id, user, isFree, isMarked));
    }

    private void Say(SlotClaims.Question question)
    {
        if (question.Owner is { } owner) To(owner, new Claim(_self, question.Id, question.User, question.Since, question.Attempt));
    }

    private void Tell(IReadOnlyList<SlotEffect> effects)
    {
        foreach (var effect in effects)
        {
            To(effect.Node, effect switch
            {
                SlotEffect.Grant grant => new Grant(_self, grant.Id, grant.User, grant.Attempt),
                SlotEffect.Deny deny => new Deny(_self, deny.Id, deny.Attempt, deny.Limit),
                SlotEffect.Evict evict => new PassOn(_self, evict.Id, evict.User, evict.ForItsNode, evict.Gently),
                _ => new Ready(_self),
            });
        }
    }

    private void To(string node, IPeerMessage message)
    {
        if (_peers.TryGetValue(node, out var peer)) peer.Tell(message, Self);
    }

    private long NextTo(string owner) => _told[owner] = _told.GetValueOrDefault(owner, _firstNumber) + 1;

    private string? OwnerOf(UserKey user) => _view.Owners[UserBucket.Of(user)];

    private sealed class HoldingsSoFar(long number)
    {
        internal long Number { get; } = number;

        internal int Parts { get; set; }

        internal List<HeldSlot> Held { get; } = [];
    }
}

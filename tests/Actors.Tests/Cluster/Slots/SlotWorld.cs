using System.Collections.Immutable;
using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Tests.Cluster.Slots;

/// <summary>
/// A cluster made of the pure models, queues between each two nodes, and a membership that every node learns at its own pace, by the
/// rules that Akka's gossip keeps: who is joining is known to all before it is up.
/// </summary>
internal sealed class SlotWorld(SlotLimit first)
{
    private readonly Dictionary<(string From, string To), Queue<object>> _links = [];
    private readonly List<object> _views = [];
    private readonly List<(string From, string To, object Message)> _delivered = [];
    private readonly HashSet<(ConnectionId Id, string Node)> _passed = [];
    private readonly HashSet<ConnectionId> _granted = [];
    private readonly Dictionary<ConnectionId, string> _movesFrom = [];
    private SlotLimit _limit = first;
    private TimeSpan _now;
    private int _sessions;
    private int _nodes;

    internal List<Node> Nodes { get; } = [];

    internal int Evictions { get; private set; }

    /// <summary>Sessions that were told to go because they were too many, and may stay yet.</summary>
    internal int Marked => Alive.Sum(n => n.Held.Values.Count(h => h.State == HeldState.Excess));

    internal int Denials { get; private set; }

    /// <summary>What an owner let in although it was too many already, or made it more than the limit.</summary>
    internal List<string> Overdrawn { get; } = [];

    private View Latest => (View)_views[^1];

    private IEnumerable<Node> Alive => Nodes.Where(n => n.Alive);

    internal static SlotWorld Of(int nodes, SlotLimit limit)
    {
        var world = new SlotWorld(limit);
        world._views.Add(new View([], []));
        for (var i = 0; i < nodes; i++)
        {
            world.Join();
            world.EverybodySees();
            world.Rise();
            world.EverybodySees();
        }

        world.Settle();
        return world;
    }

    internal bool Converged => Alive.All(n => n.SeenView == _views.Count - 1);

    /// <summary>Other limits are in force, on all nodes.</summary>
    internal void Limit(SlotLimit limit)
    {
        Order(limit);
        for (var node = 0; node < Alive.Count(); node++) SeeLimit(node);
    }

    /// <summary>Other limits are ordered; each node hears so in its own time.</summary>
    internal void Order(SlotLimit limit) => _limit = limit;

    internal void SeeLimit(int which)
    {
        var node = Pick(Alive, which);
        if (node.Limit == _limit) return;
        node.Limit = _limit;
        node.Slots.LimitsChanged(_now);
        Flush(node);
    }

    /// <summary>The turn of one that is too many has come.</summary>
    internal void Close(int which)
    {
        if (Choose(which, HeldState.Excess) is var (node, held)) Go(node, held);
    }

    internal void Join()
    {
        if (!Converged || Alive.Count() >= 5) return;
        var node = new Node($"n{_nodes++}", _limit);
        Nodes.Add(node);
        _views.Add(new View(Latest.Members.Add(node.Tag), Latest.Up));
        See(node, _views.Count - 1);
    }

    /// <summary>Who is joining is up now, once all have heard that it joins.</summary>
    internal void Rise()
    {
        if (Converged && Latest.Members.Except(Latest.Up) is { IsEmpty: false } joining) _views.Add(new View(Latest.Members, Latest.Up.Union(joining)));
    }

    internal void Crash(int which)
    {
        if (Alive.Count() < 2) return;
        var node = Pick(Alive, which);
        node.Alive = false;
        foreach (var link in _links.Keys.Where(l => l.From == node.Tag || l.To == node.Tag).ToList()) _links.Remove(link);
    }

    internal void Remove(int which)
    {
        var dead = Latest.Members.Where(m => Nodes.Exists(n => n.Tag == m && !n.Alive)).Order(StringComparer.Ordinal).ToList();
        if (dead.Count == 0) return;
        var gone = dead[which % dead.Count];
        _views.Add(new View(Latest.Members.Remove(gone), Latest.Up.Remove(gone)));
    }

    internal void SeeNext(int which)
    {
        var node = Pick(Alive, which);
        if (node.SeenView < _views.Count - 1) See(node, node.SeenView + 1);
    }

    internal ConnectionId? Connect(int which, int user)
    {
        var node = Pick(Alive, which);
        var (id, key) = (new ConnectionId($"{node.Tag}.{_sessions}"), new UserKey("chat", $"u{user}"));
        if (node.Claims.Ask(id, key, DateTimeOffset.UnixEpoch.AddSeconds(_sessions++), _now) is not { } question) return null;
        node.Users[id] = key;
        Send(node, question);
        return id;
    }

    internal void Open(int which)
    {
        if (Choose(which, HeldState.Opening) is not var (node, held)) return;
        node.Held[held.Id] = held with { State = HeldState.Open };
        SayOpen(node, held);
    }

    internal void End(int which)
    {
        var all = Alive.SelectMany(n => n.Held.Values.Select(h => (Node: n, Held: h))).ToList();
        if (all.Count == 0) return;
        var (node, held) = all[which % all.Count];
        Go(node, held);
    }

    internal void End(ConnectionId id)
    {
        var node = Alive.First(n => n.Held.ContainsKey(id));
        Go(node, node.Held[id]);
    }

    /// <summary>Every upgrade that is under way is over.</summary>
    internal void OpenAll()
    {
        Settle(closing: false);
        while (Choose(0, HeldState.Opening) is not null) Open(0);
    }

    /// <summary>Every owner has forgotten what it knew, as one has that was not the owner before.</summary>
    internal void Recall()
    {
        for (var node = 0; node < Alive.Count(); node++) Recall(node);
    }

    internal void Recall(int which)
    {
        var node = Pick(Alive, which);
        node.Slots.Follow(SlotView.Alone("nobody"), _now);
        node.Slots.Follow(node.View, _now);
        Flush(node);
    }

    /// <summary>A session goes to another node, which claims it there while the first one holds it.</summary>
    internal void Move(int which, int to)
    {
        if (Choose(which, HeldState.Open, HeldState.Excess) is not var (from, held)) return;
        var node = Pick(Alive, to);
        if (node == from || node.Held.ContainsKey(held.Id) || node.Claims.Waits(held.Id) || Alive.Count(n => n.Held.ContainsKey(held.Id)) > 1) return;
        if (node.Claims.Ask(held.Id, held.User, held.Since, _now) is not { } question) return;
        node.Users[held.Id] = held.User;
        _movesFrom[held.Id] = from.Tag;
        Send(node, question);
    }

    /// <summary>Of two that hold a session one lets go: the first when the move is done, or else the second.</summary>
    internal void LetGo(int which, bool isDone)
    {
        var twice = Alive.SelectMany(n => n.Held.Values.Select(h => (Node: n, Held: h))).GroupBy(h => h.Held.Id).Where(g => g.Count() > 1).ToList();
        if (twice.Count == 0) return;
        var moving = twice[which % twice.Count].ToList();
        var (node, held) = moving.Find(m => m.Node.Tag == _movesFrom[m.Held.Id] == isDone);
        if (node is null) return;
        var next = moving.Find(m => m.Node != node);
        node.Held.Remove(held.Id);
        if (isDone && next.Held.State == HeldState.Opening)
        {
            next.Node.Held[held.Id] = next.Held with { State = HeldState.Open };
            SayOpen(next.Node, held);
        }

        Tell(node, held.User, (number, owner) => new Released(number, held.Id, held.User));
    }

    /// <summary>A client that does not wait for the answer.</summary>
    internal void Leave(int which)
    {
        var waiting = Alive.SelectMany(n => n.Users.Keys.Where(n.Claims.Waits).Select(id => (Node: n, Id: id))).ToList();
        if (waiting.Count == 0) return;
        var (node, id) = waiting[which % waiting.Count];
        node.Claims.Withdraw(id);
        Tell(node, node.Users[id], (number, owner) => new Released(number, id, node.Users[id]));
    }

    internal void Deliver(int which, bool lose = false)
    {
        var full = _links.Where(l => l.Value.Count > 0).OrderBy(l => l.Key.From, StringComparer.Ordinal).ThenBy(l => l.Key.To, StringComparer.Ordinal).ToList();
        if (full.Count == 0) return;
        var (link, queue) = full[which % full.Count];
        var message = queue.Dequeue();
        if (lose) return;
        _delivered.Add((link.From, link.To, message));
        Receive(link.From, link.To, message);
    }

    /// <summary>Something that was delivered long ago comes once more.</summary>
    internal void Repeat(int which)
    {
        if (_delivered.Count == 0) return;
        var (from, to, message) = _delivered[which % _delivered.Count];
        if (Nodes.Exists(n => n.Tag == from && n.Alive)) Receive(from, to, message);
    }

    internal void Pass(TimeSpan time)
    {
        _now += time;
        foreach (var node in Alive)
        {
            var (again, givenUp) = node.Claims.Tick(_now);
            foreach (var question in again) Send(node, question);
            foreach (var (id, user) in givenUp) Tell(node, user, (number, owner) => new Released(number, id, user));
            node.Slots.Tick(_now);
            foreach (var (asked, buckets) in node.Slots.Questions()) Post(node.Tag, asked, new Learn(buckets, node.Slots.Round));
            foreach (var (owner, number) in node.Told) Post(node.Tag, owner, new Standing(number));
            Flush(node);
        }
    }

    internal void EverybodySees()
    {
        foreach (var node in Alive)
            while (node.SeenView < _views.Count - 1) See(node, node.SeenView + 1);
    }

    /// <summary>Nothing is lost any more, who was told to go goes, and time passes.</summary>
    /// <param name="closing">Whoever is too many goes, too.</param>
    internal void Settle(bool closing = true)
    {
        Limit(_limit);
        for (var dead = Latest.Members.Count; dead > 0; dead--) Remove(0);
        EverybodySees();
        Rise();
        EverybodySees();
        for (var i = 0; i < 20; i++)
        {
            Pass(TimeSpan.FromMilliseconds(500));
            while (_links.Values.Any(q => q.Count > 0)) Deliver(0);
            foreach (var node in Alive)
                foreach (var held in node.Held.Values.Where(h => h.State == HeldState.Passed || (closing && h.State == HeldState.Excess)).ToList()) Go(node, held);
        }

        // What an owner decided that was lost, with its node or otherwise: by now everybody goes by what the nodes say.
        _passed.Clear();
    }

    /// <summary>Sessions of a user that count, on nodes that live; one on its way counts once.</summary>
    internal int Held(int user) => HeldBy(new UserKey("chat", $"u{user}")).Count;

    private HashSet<ConnectionId> HeldBy(UserKey user) =>
        Alive.SelectMany(n => n.Held.Values.Where(h => h.User == user && h.State != HeldState.Passed && !_passed.Contains((h.Id, n.Tag)))).Select(h => h.Id).ToHashSet();

    internal int HeldByAll => Alive.Sum(n => n.Held.Count);

    internal int KnownToOwners => Alive.Sum(n => n.Slots.Known);

    internal int Waiting => Alive.Sum(n => n.Claims.Count);

    internal bool Holds(ConnectionId id) => Alive.Any(n => n.Held.ContainsKey(id));

    private void Go(Node node, HeldSlot held)
    {
        node.Held.Remove(held.Id);
        Tell(node, held.User, (number, owner) => new Released(number, held.Id, held.User));
    }

    private static Node Pick(IEnumerable<Node> nodes, int which)
    {
        var all = nodes.ToList();
        return all[which % all.Count];
    }

    private (Node Node, HeldSlot Held)? Choose(int which, params HeldState[] states)
    {
        var all = Alive.SelectMany(n => n.Held.Values.Where(h => states.Contains(h.State)).Select(h => (n, h))).ToList();
        return all.Count == 0 ? null : all[which % all.Count];
    }

    private void See(Node node, int index)
    {
        var view = (View)_views[index];
        node.SeenView = index;
        var before = node.View;
        node.View = new SlotView(node.Tag, view.Members, view.Owners, []) { MayClaim = view.Up.Contains(node.Tag) };
        node.Slots.Follow(node.View, _now);
        foreach (var question in node.Claims.Follow(node.View, _now)) Send(node, question);
        foreach (var (owner, gained) in view.Owners.GainedSince(before.Owners)) Post(node.Tag, owner, new Misgiving(gained));
        foreach (var gone in node.Told.Keys.Where(o => !view.Members.Contains(o)).ToList()) node.Told.Remove(gone);
        Flush(node);
    }

    private void Receive(string from, string to, object message)
    {
        if (Nodes.Find(n => n.Tag == to) is not { Alive: true } node) return;
        switch (message)
        {
            case SlotClaims.Question q: node.Slots.Claim(from, q.Id, q.User, q.Since, q.Attempt, _now); break;
            case Opened o: node.Slots.Opened(from, o.Number, o.Id, o.User, o.IsMarked, _now); break;
            case Released r: node.Slots.Released(from, r.Number, r.Id, r.User, _now); break;
            case Holdings h: node.Slots.Holdings(from, h.Number, h.Round, h.Buckets, h.Held, _now); break;
            case Standing s: node.Slots.Told(from, s.Number); break;
            case Misgiving misgiving: node.Slots.Recount(from, misgiving.Buckets); break;
            case Learn learn: Answer(node, from, learn); break;
            case SlotEffect.Grant grant: OnGrant(node, from, grant); break;
            case SlotEffect.Deny deny:
                if (node.Claims.Answered(from, deny.Id, deny.Attempt)) Denials++;
                break;
            case SlotEffect.Evict evict: OnEvict(node, from, evict); break;
            case SlotEffect.Ready: foreach (var question in node.Claims.Ready(from, _now)) Send(node, question); break;
        }

        Flush(node);
    }

    private void Answer(Node node, string owner, Learn learn)
    {
        var agreed = new BucketSet(learn.Buckets.Where(b => node.View.Owners[b] == owner));
        if (agreed.IsEmpty) return;
        var number = node.Told[owner] = node.Told.GetValueOrDefault(owner) + 1;
        Post(node.Tag, owner, new Holdings(number, learn.Round, agreed, [.. node.Held.Values.Where(h => agreed.Contains(UserBucket.Of(h.User)))]));
    }

    private static void OnGrant(Node node, string from, SlotEffect.Grant grant, Action<Node, SlotEffect.Grant> free)
    {
        if (node.Claims.Answered(from, grant.Id, grant.Attempt)) node.Held[grant.Id] = new HeldSlot(grant.Id, grant.User, DateTimeOffset.UnixEpoch, HeldState.Opening);
        else if (!node.Claims.Waits(grant.Id) && node.View.Owners[UserBucket.Of(grant.User)] == from) free(node, grant);
    }

    private void OnGrant(Node node, string from, SlotEffect.Grant grant) => OnGrant(node, from, grant, (_, late) =>
    {
        if (!node.Held.TryGetValue(late.Id, out var held)) Tell(node, late.User, (number, owner) => new Released(number, late.Id, late.User));
        else if (held.State is HeldState.Open or HeldState.Excess)
        {
            node.Held[late.Id] = held with { State = HeldState.Open };
            SayOpen(node, held);
        }
    });

    private void OnEvict(Node node, string from, SlotEffect.Evict evict)
    {
        if (evict.Gently && (node.View.Owners[UserBucket.Of(evict.User)] != from || node.Claims.Waits(evict.Id))) return;
        node.Claims.Withdraw(evict.Id);
        if (!node.Held.TryGetValue(evict.Id, out var held)) Tell(node, evict.User, (number, owner) => new Released(number, evict.Id, evict.User));
        else if (!evict.Gently) node.Held[evict.Id] = held with { State = HeldState.Passed };
        else if (held.State == HeldState.Open)
        {
            node.Held[evict.Id] = held with { State = HeldState.Excess };
            SayOpen(node, held, isMarked: true);
        }
    }

    private void SayOpen(Node node, HeldSlot held, bool isMarked = false) => Tell(node, held.User, (number, owner) => new Opened(number, held.Id, held.User, isMarked));

    private void Tell(Node node, UserKey user, Func<long, string, object> notice)
    {
        if (node.View.Owners[UserBucket.Of(user)] is not { } owner) return;
        var number = node.Told[owner] = node.Told.GetValueOrDefault(owner) + 1;
        Post(node.Tag, owner, notice(number, owner));
    }

    private void Send(Node node, SlotClaims.Question question)
    {
        if (question.Owner is { } owner) Post(node.Tag, owner, question);
    }

    private void Flush(Node node)
    {
        var effects = node.Slots.Take();
        var before = effects.OfType<SlotEffect.Grant>().Select(g => g.User).Distinct().ToDictionary(u => u, u => HeldBy(u).Count);
        foreach (var effect in effects)
        {
            // Who is granted a slot anew has not been passed on any more: a session may come back to a node that it had left.
            if (effect is SlotEffect.Grant grant)
            {
                _passed.Remove((grant.Id, grant.Node));
                if (_granted.Add(grant.Id) && HeldBy(grant.User).Count + 1 is var now && now > Math.Max(node.Limit.Limit, before[grant.User]))
                    Overdrawn.Add($"{grant.Id} is number {now} of {node.Limit.Limit}");
            }

            if (effect is SlotEffect.Evict evict)
            {
                Evictions++;
                if (!evict.Gently) _passed.Add((evict.Id, evict.Node));
            }

            Post(node.Tag, effect.Node, effect);
        }
    }

    private void Post(string from, string to, object message)
    {
        if (Nodes.Find(n => n.Tag == to) is not { Alive: true }) return;
        if (!_links.TryGetValue((from, to), out var queue)) _links.Add((from, to), queue = new Queue<object>());
        queue.Enqueue(message);
    }

    internal sealed class Node
    {
        internal Node(string tag, SlotLimit limit)
        {
            (Tag, Limit, View) = (tag, limit, SlotView.Alone(tag));
            Slots = new UserSlots(_ => Limit);
        }

        internal string Tag { get; }

        internal SlotLimit Limit { get; set; }

        internal UserSlots Slots { get; }

        internal SlotClaims Claims { get; } = new();

        internal Dictionary<ConnectionId, HeldSlot> Held { get; } = [];

        internal Dictionary<ConnectionId, UserKey> Users { get; } = [];

        internal Dictionary<string, long> Told { get; } = [];

        internal SlotView View { get; set; }

        internal int SeenView { get; set; } = -1;

        internal bool Alive { get; set; } = true;
    }

    private sealed record View(ImmutableHashSet<string> Members, ImmutableHashSet<string> Up)
    {
        internal BucketOwners Owners { get; } = BucketOwners.Of(Up);
    }

    private sealed record Opened(long Number, ConnectionId Id, UserKey User, bool IsMarked);

    private sealed record Released(long Number, ConnectionId Id, UserKey User);

    private sealed record Standing(long Number);

    private sealed record Misgiving(BucketSet Buckets);

    private sealed record Learn(BucketSet Buckets, long Round);

    private sealed record Holdings(long Number, long Round, BucketSet Buckets, IReadOnlyList<HeldSlot> Held);
}

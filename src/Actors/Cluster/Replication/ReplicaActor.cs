using ActorSockets.Actors.Settings;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Cluster.Replication.ReplicaProtocol;

namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>
/// <c>/user/replica</c>, only on nodes with a cluster: tells every other node at once what was written here, asks all of them when this node
/// joins, each one that comes back, and now and then any, so that what was lost on the way is found.
/// </summary>
internal sealed class ReplicaActor : UntypedActor, IWithTimers
{
    internal const string Name = "replica";

    /// <summary>A node that does not answer for so long is not waited for: it may be an older release, or stuck.</summary>
    internal static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(10);

    private const int EntriesPerMessage = 200;
    private const int BeatsPerLook = 5;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Func<MemberNode, IActorRef> _peerOn;
    private readonly IReadOnlyDictionary<string, IReplica> _replicas;
    private readonly Live<JoinProgress> _progress;
    private readonly Random _random;
    private readonly TimeProvider _time;
    private readonly string _self;
    private readonly Dictionary<string, Peer> _peers = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Membership _members;
    private int _merging;
    private int _beats;

    // Public because Props finds constructors by reflection.
    public ReplicaActor(Live<Membership> membership, Func<MemberNode, IActorRef> peerOn, IReadOnlyList<IReplica> replicas, Live<JoinProgress> progress, Random random, TimeProvider time)
    {
        (_members, _peerOn, _progress, _random, _time) = (membership.Current, peerOn, progress, random, time);
        _replicas = replicas.ToDictionary(r => r.Name);
        _self = _members.Self.Tag;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="peerOn">This actor's like on a member.</param>
    /// <param name="progress">Published by this actor alone.</param>
    /// <param name="random">Used by this actor alone.</param>
    internal static Props Props(Live<Membership> membership, Func<MemberNode, IActorRef> peerOn, IReadOnlyList<IReplica> replicas, Live<JoinProgress> progress, Random random, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new ReplicaActor(membership, peerOn, replicas, progress, random, time));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(RegisterWritten));
        Context.System.EventStream.Subscribe(Self, typeof(MembershipChanged));
        Timers.StartPeriodicTimer(nameof(Beat), Tick.Instance, Beat);
        OnMembers(_members);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RegisterWritten written: OnWritten(written); break;
            case MembershipChanged changed: OnMembers(changed.Now); break;
            case Entries entries: OnEntries(entries); break;
            case Question question: OnQuestion(question); break;
            case Answer answer: OnAnswer(answer); break;
            case Merged merged: OnMerged(merged); break;
            case Tick: OnTick(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>To all: one that does not answer at present is asked as soon as it does.</summary>
    private void OnWritten(RegisterWritten written)
    {
        foreach (var member in _members.Others)
            if (member.Answers) Send(_peerOn(member), written.Register, written.Entries);
    }

    private void OnMembers(Membership members)
    {
        _members = members;
        foreach (var tag in _peers.Keys.Except(_members.Others.Select(m => m.Tag)).ToList()) _peers.Remove(tag);
        foreach (var member in _members.Others)
        {
            if (!_peers.TryGetValue(member.Tag, out var peer)) _peers.Add(member.Tag, peer = new Peer(_replicas.Keys, _time.GetTimestamp()));
            var wasSilent = !peer.Answers;
            peer.Answers = member.Answers;
            if (peer.Answers && wasSilent) Ask(member);
        }

        LookWhetherComplete();
    }

    private void OnTick()
    {
        foreach (var member in _members.Others)
            if (member.Answers && _peers.TryGetValue(member.Tag, out var peer) && peer.IsAwaited(_time)) Ask(member);
        if (++_beats % BeatsPerLook == 0 && _members.Others.Where(m => m.Answers).ToList() is { Count: > 0 } others) Ask(others[_random.Next(others.Count)]);
        LookWhetherComplete();
    }

    private void OnEntries(Entries entries)
    {
        if (!_replicas.TryGetValue(entries.Register, out var replica) || entries.Written.Count == 0) return;
        _merging++;
        replica.MergeAsync(entries.Written).PipeTo(Self, Self, () => new Merged(null), fault => new Merged(fault));
    }

    private void OnQuestion(Question question)
    {
        if (Find(question.From) is not { } asker || !_replicas.TryGetValue(question.Register, out var replica)) return;
        var current = replica.Current;
        if (!current.Digest.Same(question.Digest)) Send(asker, question.Register, [.. current.DifferentFrom(question.Digest)]);
        asker.Tell(new Answer(_self, question.Register, current.Digest), Self);
    }

    private void OnAnswer(Answer answer)
    {
        if (Find(answer.From) is not { } peer || !_replicas.TryGetValue(answer.Register, out var replica)) return;
        var current = replica.Current;
        if (!current.Digest.Same(answer.Digest)) Send(peer, answer.Register, [.. current.DifferentFrom(answer.Digest)]);
        if (_peers.TryGetValue(answer.From, out var known)) known.Unheard.Remove(answer.Register);
        LookWhetherComplete();
    }

    private void OnMerged(Merged merged)
    {
        _merging--;
        if (merged.Fault is { } fault) _log.Warning("What another node wrote could not be taken over, and will be asked for again: {0}", fault.Message);
        LookWhetherComplete();
    }

    private void LookWhetherComplete()
    {
        if (_progress.Current.Complete || _merging > 0 || _members.Self.State != MemberState.Up) return;
        if (_members.Others.Any(m => m.Answers && _peers.TryGetValue(m.Tag, out var peer) && peer.IsAwaited(_time))) return;

        // Ready all the same: else one node that is stuck would keep all newcomers out. What is missing is asked for on.
        foreach (var member in _members.Others)
            if (_peers.TryGetValue(member.Tag, out var peer) && peer.Unheard.Count > 0)
                _log.Warning("This node is ready without having heard from node {0}, {1}, of {2}: what only that one knows is not in force here yet", member.Node, member.Answers ? $"which did not answer within {GiveUpAfter.TotalSeconds:0} s" : "which is out of reach", string.Join(", ", peer.Unheard.Order(StringComparer.Ordinal)));
        _progress.Publish(new JoinProgress(true));
    }

    private void Ask(MemberNode member)
    {
        foreach (var replica in _replicas.Values) _peerOn(member).Tell(new Question(_self, replica.Name, replica.Current.Digest), Self);
    }

    private void Send(IActorRef to, string register, IReadOnlyList<RegisterEntry> entries)
    {
        foreach (var part in entries.Chunk(EntriesPerMessage)) to.Tell(new Entries(_self, register, part), Self);
    }

    private IActorRef? Find(string tag) => _members.Others.FirstOrDefault(m => m.Tag == tag) is { } member ? _peerOn(member) : null;

    private sealed record Merged(Exception? Fault) : INoSerializationVerificationNeeded;

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        internal static readonly Tick Instance = new();
    }

    /// <summary>Another node, and of which registers it has not told us yet.</summary>
    private sealed class Peer(IEnumerable<string> registers, long since)
    {
        internal HashSet<string> Unheard { get; } = [.. registers];

        internal bool Answers { get; set; }

        internal bool IsAwaited(TimeProvider time) => Unheard.Count > 0 && time.GetElapsedTime(since) < GiveUpAfter;
    }
}

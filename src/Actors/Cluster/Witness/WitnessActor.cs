using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Cluster.Witness.WitnessProtocol;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// <c>/user/witness</c>, only on nodes with a cluster: tells another node which sessions there are here, and remembers those of nodes that tell
/// this one. When one of these is lost, it says of each of its sessions that it ended.
/// </summary>
/// <remarks>
/// One part is under way at a time, and the next leaves with a beat when it was heard; so a node that opens a hundred thousand sessions at once does
/// not fill the line to its witness, and what happens meanwhile is told in one.
/// </remarks>
internal sealed partial class WitnessActor : UntypedActor, IWithTimers
{
    internal const string Name = "witness";

    /// <summary>Lines in one part: 6,000 a second at most.</summary>
    internal const int MostPerPart = 1500;

    internal static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    /// <summary>A part that nobody has heard of after so long is said again.</summary>
    internal static readonly TimeSpan HeardWithin = TimeSpan.FromSeconds(5);

    private const int MostBytesPerPart = 128 * 1024;

    // Longer than it takes from the last breath of a node until its witness asks for its last sessions.
    private static readonly TimeSpan AgeEvery = TimeSpan.FromMinutes(1);

    private readonly Live<Membership> _membership;
    private readonly Func<MemberNode, IActorRef> _peerOn;
    private readonly Live<WitnessReport> _report;
    private readonly Roster _roster;
    private readonly LostWitnesses _left = new();
    private readonly TimeProvider _time;
    private readonly string _self;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Membership _now;
    private MemberNode? _witness;
    private IActorRef? _asker;
    private Told? _underWay;
    private long _number;
    private int _part;
    private long _saidAt;
    private long _agedAt;

    // Public because Props finds constructors by reflection.
    public WitnessActor(Live<Membership> membership, Func<MemberNode, IActorRef> peerOn, Live<WitnessReport> report, Roster roster, TimeProvider time)
    {
        (_membership, _peerOn, _report, _roster, _time) = (membership, peerOn, report, roster, time);
        _now = membership.Current;
        _self = _now.Self.Tag;
        _agedAt = time.GetTimestamp();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private bool IsMember => _now.Self.State is MemberState.Up or MemberState.Leaving;

    /// <param name="peerOn">This actor's like on a member.</param>
    /// <param name="report">Published by this actor alone.</param>
    internal static Props Props(Live<Membership> membership, Func<MemberNode, IActorRef> peerOn, Live<WitnessReport> report, TimeProvider time)
    {
        // Made once, so that it survives a restart of the actor.
        var roster = new Roster();
        return Akka.Actor.Props.Create(() => new WitnessActor(membership, peerOn, report, roster, time));
    }

    protected override void PreStart()
    {
        Type[] facts =
        [
            typeof(LifecycleEvents.Opened), typeof(LifecycleEvents.Adopted), typeof(LifecycleEvents.Recovered), typeof(LifecycleEvents.Ended),
            typeof(LifecycleEvents.Surrendered), typeof(LifecycleEvents.StateKept), typeof(MembershipChanged),
        ];
        foreach (var fact in facts) Context.System.EventStream.Subscribe(Self, fact);
        Timers.StartPeriodicTimer(nameof(Beat), Tick.Instance, Beat);
        Follow(_membership.Current);
    }

    // Subscriptions and timers end with the actor.
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LifecycleEvents.Opened opened: OnOpened(opened.Session); break;
            case LifecycleEvents.Adopted adopted: OnAdopted(adopted.Session); break;
            case LifecycleEvents.Recovered recovered: _roster.Update(recovered.Session); break;
            case LifecycleEvents.Ended ended: _roster.End(ended.Record.Session.Id, withItsNode: ended.Record.Ending == EndingCatalogue.NodeLost); break;
            case LifecycleEvents.Surrendered surrendered: _roster.Remove(surrendered.Session.Id); break;
            case LifecycleEvents.StateKept kept: _roster.Keep(kept.Id, kept.State); break;
            case MembershipChanged changed: OnMembers(changed); break;
            case WhoReports: OnWhoReports(); break;
            case IPeerMessage peer: OnPeer(peer); break;
            case Tick: OnTick(); break;
            default: Unhandled(message); break;
        }
    }

    private void OnOpened(SessionInfo session)
    {
        _roster.Put(session);
        _left.Opened(session.Id);
    }

    private void OnAdopted(SessionInfo session)
    {
        _roster.Adopt(session);
        _left.Opened(session.Id);
    }

    private void OnPeer(IPeerMessage message)
    {
        switch (message)
        {
            case Told told: OnTold(told); break;
            case Heard heard when IsAnswered(heard): OnHeard(heard); break;
            case Anew anew when IsAnswered(anew): Begin(_witness); break;
            case Elsewhere elsewhere: OnElsewhere(elsewhere); break;
            case Bereft bereft: OnBereft(bereft); break;
            case HaveMet have: OnHaveMet(have); break;
            case Met met: OnMet(met); break;
            case Heard or Anew: break; // of a roster that is not told any more
            default: Unhandled(message); break;
        }
    }

    private void OnMembers(MembershipChanged changed)
    {
        // A node that leaves sees everybody vanish, and what it has just taken for a loss may be its own.
        if (changed.Now.Self.State == MemberState.Up)
            foreach (var gone in changed.Removed) Lose(gone);
        else MournNobody();
        Follow(changed.Now);
    }

    private void Follow(Membership now)
    {
        var before = _now;
        _now = now;
        var chosen = WitnessChoice.Of(now, _witness?.Tag);
        var isNew = chosen?.Tag != _witness?.Tag;

        // One that has not heard a part yet knows nothing, or what it was told before.
        if (isNew) LeaveWitness();
        _left.Follow(now);
        _witness = chosen;
        if (isNew) Begin(chosen);
        if (!IsMember) AnswerWhoReports();
        SayElsewhere(other => before.Find(other.Node) is not { Answers: true });
    }

    /// <summary>Who was told before, and who missed it then, need not keep what is out of date. Not before somebody has heard what is true now.</summary>
    private void SayElsewhere(Func<MemberNode, bool> whom)
    {
        if (_witness is null || _part == 0) return;
        foreach (var other in _now.Others)
        {
            if (!other.Answers || other.Tag == _witness.Tag || !whom(other)) continue;
            _peerOn(other).Tell(new Elsewhere(_self, _number), Self);
            _left.Forget(other.Tag);
        }
    }

    private void LeaveWitness()
    {
        if (_witness is not null && _part > 0) _left.Add(_witness.Tag, _roster.Unheard);
    }

    /// <summary>Asked when the others let this node go; who among them knows what is seen when this actor has heard of it.</summary>
    private void OnWhoReports()
    {
        _asker = Sender;
        if (!IsMember) AnswerWhoReports();
    }

    private void AnswerWhoReports()
    {
        _asker?.Tell(new Untold(_left.Untold));
        _asker = null;
    }

    /// <summary>Everything is told from its beginning.</summary>
    private void Begin(MemberNode? witness)
    {
        (_underWay, _part) = (null, 0);
        if (witness is null)
        {
            _roster.EndTelling();
            return;
        }

        // Higher than any number of an earlier life of this actor, too.
        _number = Math.Max(_number + 1, _time.GetUtcNow().ToUnixTimeMilliseconds());
        _roster.BeginTelling();
        _log.Debug("Node {0} is told of the {1} sessions here", witness.Node, _roster.Count);
    }

    private void OnTick()
    {
        if (_time.GetElapsedTime(_agedAt) >= AgeEvery)
        {
            _roster.Age();
            _agedAt = _time.GetTimestamp();
        }

        TellWitness();
        SearchLost();
        ReportLost();
        var report = new WitnessReport(_witness?.Node, _roster.Count, _witness is null ? _roster.Count : _roster.Untold + (_underWay is { } part ? part.Held.Count + part.Gone.Count : 0));
        if (_report.Current != report) _report.Publish(report);
    }

    private void TellWitness()
    {
        if (_witness is null) return;
        if (_roster.IsBehind)
        {
            // Until it hears the new telling it has the old one.
            LeaveWitness();
            Begin(_witness);
        }

        if (_underWay is not null)
        {
            if (_time.GetElapsedTime(_saidAt) >= HeardWithin) Say(_underWay);
            return;
        }

        // The first one also when there is nothing in it: whoever was told before is not the witness any more.
        if (_part > 0 && _roster.Untold == 0) return;
        var (held, gone) = _roster.Take(MostPerPart, MostBytesPerPart);
        Say(_underWay = new Told(_self, _number, _part, held, gone));
    }

    private void Say(Told told)
    {
        _saidAt = _time.GetTimestamp();
        _peerOn(_witness!).Tell(told, Self);
    }

    private bool IsAnswered(IPeerMessage answer) => answer.From == _witness?.Tag && answer.Roster == _number;

    private void OnHeard(Heard heard)
    {
        if (heard.Part != _underWay?.Part) return;
        _roster.Heard(_underWay.Held);
        _underWay = null;
        if (_part++ > 0) return;
        _left.Forget(_witness!.Tag);
        SayElsewhere(_ => true);
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        internal static readonly Tick Instance = new();
    }
}

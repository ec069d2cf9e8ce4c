using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Settings;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Drains.Rolling.RollingProtocol;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>
/// <c>/user/rolling</c>, only on nodes with a cluster: drains all nodes one after another. What is known of it is a register that all nodes have
/// alike, so any of them takes orders and says how it stands, and one of them, computed from the membership, takes the steps of <see cref="RollingSteps"/>.
/// </summary>
internal sealed partial class RollingActor : UntypedActor, IWithTimers
{
    internal const string Name = "rolling";

    /// <summary>How often whoever drives looks.</summary>
    internal static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(500);

    private readonly Live<Membership> _membership;
    private readonly Func<MemberNode, string, IActorRef> _peerOn;
    private readonly Live<Register> _register;
    private readonly Live<NodeSettings> _settings;
    private readonly TimeProvider _time;
    private readonly HybridClock _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IReadOnlyList<RollingDrain> _drains = [];

    // Public because Props finds constructors by reflection.
    public RollingActor(Live<Membership> membership, Func<MemberNode, string, IActorRef> peerOn, Live<Register> register, Live<NodeSettings> settings, TimeProvider time)
    {
        (_membership, _peerOn, _register, _settings, _time) = (membership, peerOn, register, settings, time);
        _clock = new HybridClock(membership.Current.Self.Tag, time);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="peerOn">The actor of that name under <c>/user</c> on a member, which may be this node.</param>
    /// <param name="register">Published by this actor alone; outside of it, so that a restart forgets nothing.</param>
    internal static Props Props(Live<Membership> membership, Func<MemberNode, string, IActorRef> peerOn, Live<Register> register, Live<NodeSettings> settings, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new RollingActor(membership, peerOn, register, settings, time));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe(Self, typeof(MembershipChanged));
        foreach (var entry in _register.Current.All) _clock.See(entry.Stamp);
        _drains = RollingRegister.Read(_register.Current);
        Timers.StartPeriodicTimer(nameof(Beat), Tick.Instance, Beat);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick: OnTick(); break;
            case MembershipChanged: Look(); break;
            case Begin begin: OnBegin(begin); break;
            case Adopt adopt: OnAdopt(adopt); break;
            case DrainProtocol.Get get: Reply(Find(get.Id) is { } known ? new DrainProtocol.Found(View(known)) : DrainProtocol.Unknown.Instance); break;
            case DrainProtocol.List: Reply(new DrainProtocol.Listed([.. _drains.Select(View)])); break;
            case DrainProtocol.Pause pause: OnWill(pause.Id, paused: true); break;
            case DrainProtocol.Resume resume: OnWill(resume.Id, paused: false); break;
            case DrainProtocol.Cancel cancel: OnCancel(cancel.Id); break;
            case Looked looked: OnLooked(looked); break;
            case Did did: OnDid(did); break;
            case Watched watched: OnWatched(watched); break;
            default: Unhandled(message); break;
        }
    }

    private void OnTick()
    {
        var kept = _register.Current.WithoutExpired(_time.GetUtcNow());
        if (!ReferenceEquals(kept, _register.Current)) Keep(kept);
        Watch();
        foreach (var drain in _drains) Tell(drain);
        Look();
    }

    private void OnBegin(Begin begin)
    {
        if (_drains.FirstOrDefault(d => !d.IsOver) is { } other)
        {
            var how = other.IsCancelled ? "was cancelled, and its last node does not serve yet" : "is not over; cancel it first";
            Reply(new DrainProtocol.Conflict($"Rolling drain {other.Id} {how}.", View(other).State));
            return;
        }

        var (id, defaults) = (DrainId.New(), _settings.Current.Drain);
        var order = begin.Order with { Id = id, Deadline = begin.Order.Deadline ?? defaults.Deadline, ReconnectSpread = begin.Order.ReconnectSpread ?? defaults.ReconnectSpread };
        var drain = new RollingDrain(id, order, _time.GetUtcNow(), [.. begin.Nodes.Select(n => new RollingNode(n.Node, DrainId.Of(id, n.Node), n.Plan.Connections) { Planned = n.Plan })]);
        Write(RollingRegister.Ordered(drain, _clock.Next()));
        Reply(new DrainProtocol.Started(View(Find(id)!)));
        Look();
    }

    private void OnWill(string id, bool paused)
    {
        if (Find(id) is not { } drain) Reply(DrainProtocol.Unknown.Instance);
        else if (drain.IsOver || drain.IsCancelled) Reply(new DrainProtocol.Conflict("The drain is over.", View(drain).State));
        else if (drain.IsPaused == paused) Reply(new DrainProtocol.Conflict(paused ? "It is paused already." : "Only a paused drain can be resumed.", View(drain).State));
        else
        {
            var now = _time.GetUtcNow();
            var pauses = paused ? drain.Pauses.Begun(now, drain.StartsAt) : drain.Pauses.Ended(now);
            Write(RollingRegister.Will(drain, paused, _clock.Next()), RollingRegister.Paused(drain, pauses, _clock.Next()));
            Reply(new DrainProtocol.Changed(View(Find(id)!)));
            Look();
        }
    }

    private void OnCancel(string id)
    {
        if (Find(id) is not { } drain) Reply(DrainProtocol.Unknown.Instance);
        else if (drain.IsOver || drain.IsCancelled) Reply(new DrainProtocol.Conflict("The drain is over.", View(drain).State));
        else
        {
            Write(RollingRegister.Cancelled(drain, new RollingFact(_time.GetUtcNow()), _clock.Next()));
            Reply(new DrainProtocol.Changed(View(Find(id)!)));
            Look();
        }
    }

    private void OnAdopt(Adopt adopt)
    {
        foreach (var entry in adopt.Entries) _clock.See(entry.Stamp);
        var merged = _register.Current.Merge(adopt.Entries, _time.GetUtcNow(), out var taken);
        if (taken.Count > 0)
        {
            Keep(merged);
            Look();
        }

        Reply(Adopted.Instance);
    }

    private RollingDrain? Find(string id) => _drains.FirstOrDefault(d => d.Id == id);

    /// <summary>In force here, and told to the others.</summary>
    private void Write(params RegisterEntry[] entries)
    {
        Keep(_register.Current.Merge(entries, DateTimeOffset.MinValue, out _));
        Context.System.EventStream.Publish(new RegisterWritten(RollingRegister.Name, entries));
    }

    private void Keep(Register register)
    {
        _register.Publish(register);
        _drains = RollingRegister.Read(register);
        foreach (var drain in _drains) Tell(drain);
        foreach (var forgotten in _told.Keys.Except(_drains.Select(d => d.Id)).ToList()) _told.Remove(forgotten);
    }

    private void Reply(object answer) => Context.Answer(Sender, answer);

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        internal static readonly Tick Instance = new();
    }
}

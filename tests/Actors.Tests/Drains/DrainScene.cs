using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Routing;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorSockets.Actors.Tests.Drains;

/// <summary>The coordinator with its drains, over a node that is only a list of sessions, in virtual time.</summary>
[Collection("actors")]
public abstract class DrainScene : TestKit
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected DrainScene()
        : base(VirtualTime.Config)
    {
        Time = new VirtualTime(Sys);
        Settings = new Live<NodeSettings>(Make.Settings(timers: new TimerOptions { CloseHandshake = TimeSpan.FromSeconds(1) }) with
        {
            Drain = new DrainOptions { Deadline = TimeSpan.FromSeconds(11), ReadinessDelay = TimeSpan.Zero, ReconnectSpread = TimeSpan.Zero },
        });
        Events = CreateTestProbe();
        Sys.EventStream.Subscribe(Events, typeof(LifecycleEvents.IDrainEvent));
        Node = new FakeNode(Time);
        NodeActor = Sys.ActorOf(Props.Create(() => new FakeNodeActor(Node)));
        Coordinator = Sys.ActorOf(DrainCoordinator.Props(NodeActor, NodeActor, Settings, Time.Clock, new Random(1)), "drains");
    }

    private protected VirtualTime Time { get; }

    private protected Live<NodeSettings> Settings { get; }

    private protected FakeNode Node { get; }

    protected IActorRef NodeActor { get; }

    protected IActorRef Coordinator { get; }

    protected TestProbe Events { get; }

    private protected async Task<DrainView> Begin(DrainOrder order)
    {
        var started = Assert.IsType<DrainProtocol.Started>(await Ask(new DrainProtocol.Start(order))).Drain;
        await Settle();
        return started;
    }

    private protected Task<object> Ask(object question) => Coordinator.Ask<object>(question, Patience);

    private protected async Task<DrainView> Look(string id) => Assert.IsType<DrainProtocol.Found>(await Ask(new DrainProtocol.Get(id))).Drain;

    private protected async Task<DrainView> Order(object command)
    {
        var changed = Assert.IsType<DrainProtocol.Changed>(await Ask(command)).Drain;
        await Settle();
        return changed;
    }

    /// <summary>One tick of the scheduler, handled by everybody.</summary>
    protected async Task Tick(int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            Time.Advance(DrainPace.Tick);
            await Settle();
        }
    }

    protected Task Pass(TimeSpan time) => Tick((int)(time / DrainPace.Tick));

    /// <summary>The machine stands still: nobody is woken until the time is over.</summary>
    private protected async Task Stall(TimeSpan time)
    {
        Time.Clock.Advance(time);
        await Tick();
    }

    /// <summary>
    /// Until coordinator, drains and node have no more to say to each other. Whoever has answered a question has handled what came
    /// before it, a drain that was only just made included; nothing is on its way when the node hears nothing for as many rounds as
    /// coordinator and drains talk among themselves.
    /// </summary>
    protected async Task Settle()
    {
        var heard = -1;
        for (var quiet = 0; quiet < 3; quiet = Node.Heard == heard ? quiet + 1 : 0)
        {
            heard = Node.Heard;
            await Handled.ByAsync(Coordinator);
            foreach (var drain in ((ActorRefWithCell)Coordinator).Children) await Handled.ByAsync(drain);
            await Handled.ByAsync(NodeActor);
        }
    }
}

/// <summary>How the sessions of a <see cref="FakeNode"/> take a close.</summary>
internal enum Manner
{
    /// <summary>Answers at once.</summary>
    Answers,

    /// <summary>Stays until it is cut.</summary>
    Silent,

    /// <summary>Is never heard of again.</summary>
    Vanishes,
}

/// <summary>Supervisor and router of a node in one: sessions that end when they are told to.</summary>
internal sealed class FakeNode(VirtualTime time)
{
    private readonly Lock _gate = new();
    private readonly HashSet<ConnectionId> _closing = [];
    private int _heard;

    public Dictionary<ConnectionId, (SessionInfo Session, ListeningTransport Transport)> Sessions { get; } = [];

    public Func<SessionInfo, Manner> Manners { get; set; } = _ => Manner.Answers;

    public List<(DateTimeOffset At, ConnectionId Id, EndRequest Request)> Ended { get; } = [];

    public List<SupervisorProtocol.SetAccepting> Door { get; } = [];

    public SupervisorProtocol.Excess? Excess { get; set; }

    /// <summary>Says nothing when it is asked who is there.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Set: a busy supervisor. It counts when its turn comes, and what it counted is heard of later.</summary>
    public List<(IActorRef Asker, SupervisorProtocol.CensusReport Report)>? HeldBack { get; set; }

    /// <summary>Messages so far.</summary>
    public int Heard => Volatile.Read(ref _heard);

    public (bool Accepting, bool Leaving) Condition => Door is [.., var last] ? (last.Accepting, last.Leaving) : (true, false);

    public SessionInfo Add(string id, string hub = Make.Hub, long lastInbound = 0)
    {
        var session = RoutingScene.Session(id, hub, at: time.Now);
        lock (_gate) Sessions.Add(session.Id, (session, new ListeningTransport { Activity = new TransportActivity(lastInbound, 0, 0, 0, 0, 0, 0, 0, 0) }));
        return session;
    }

    public void Add(int count)
    {
        for (var i = 0; i < count; i++) Add($"c{i:00000}");
    }

    /// <summary>A session ends by itself.</summary>
    public void Leave(ActorSystem system, ConnectionId id)
    {
        var session = Gone(id);
        if (session is not null) system.EventStream.Publish(new LifecycleEvents.Ended(Record(session, null, CloseOutcome.Clean)));
    }

    internal void Take(object message, IActorRef sender, IActorContext context)
    {
        Interlocked.Increment(ref _heard);
        switch (message)
        {
            case RouterProtocol.Find find when !IsDeaf:
                var matching = new SelectorMatching(find.Selector with { Node = null }, time.Clock);
                sender.Tell(new RouterProtocol.Handles([.. Here().Where(s => matching.Matches(new Route(s.Session, s.Transport))).Select(s => new RouterProtocol.SessionHandle(s.Session, s.Transport))]));
                break;
            case SupervisorProtocol.GetCensus when HeldBack is { } late:
                late.Add((sender, Census()));
                break;
            case SupervisorProtocol.GetCensus:
                sender.Tell(Census());
                break;
            case SupervisorProtocol.GetExcess:
                sender.Tell(Excess ?? new SupervisorProtocol.Excess(Census(), [], []));
                break;
            case SupervisorProtocol.SetAccepting door:
                Door.Add(door);
                break;
            case SupervisorProtocol.End end:
                End(end, context.System);
                break;
        }
    }

    private void End(SupervisorProtocol.End end, ActorSystem system)
    {
        Ended.Add((time.Now, end.Id, end.Request));
        (SessionInfo Session, ListeningTransport Transport) known;
        lock (_gate)
        {
            if (!Sessions.TryGetValue(end.Id, out known)) return;
            _closing.Add(end.Id);
        }

        known.Transport.Activity = known.Transport.Activity with { Closing = true };
        var manner = Manners(known.Session);
        if (manner == Manner.Vanishes || (manner == Manner.Silent && !end.Request.Abort)) return;
        Gone(end.Id);
        var outcome = end.Request.Abort ? CloseOutcome.Aborted : CloseOutcome.Clean;
        system.EventStream.Publish(new LifecycleEvents.Ended(Record(known.Session, First(end.Id), outcome)));
    }

    /// <summary>The first cause wins.</summary>
    private EndRequest First(ConnectionId id) => Ended.First(e => e.Id == id).Request;

    private SupervisorProtocol.CensusReport Census()
    {
        var here = Here().Where(s => !_closing.Contains(s.Session.Id)).ToList();
        return new(here.Count, 0, here.GroupBy(s => s.Session.Hub).ToDictionary(g => g.Key, g => g.Count()), Condition.Accepting, false);
    }

    private List<(SessionInfo Session, ListeningTransport Transport)> Here()
    {
        lock (_gate) return [.. Sessions.Values];
    }

    private SessionInfo? Gone(ConnectionId id)
    {
        lock (_gate) return Sessions.Remove(id, out var gone) ? gone.Session : null;
    }

    private EndingRecord Record(SessionInfo session, EndRequest? by, CloseOutcome outcome) =>
        new(session, by?.Ending ?? EndingCatalogue.ClientClosed, 1000, "", null, outcome, time.Now, default) { Drain = by?.Drain };
}

internal sealed class FakeNodeActor : UntypedActor
{
    private readonly FakeNode _node;

    public FakeNodeActor(FakeNode node) => _node = node;

    protected override void OnReceive(object message) => _node.Take(message, Sender, Context);
}

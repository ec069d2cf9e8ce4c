using System.Collections.Concurrent;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;
using Akka.Configuration;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

/// <summary>Supervisor, router and moves of one node.</summary>
internal sealed class MoveNode : ISessionHost, IAsyncDisposable
{
    private static readonly Config Quiet = ConfigurationFactory.ParseString("akka { stdout-loglevel = OFF, loglevel = ERROR, log-dead-letters = off }");

    private readonly ActorSystem _system;
    private readonly ConcurrentDictionary<string, IActorRef> _actors = new(StringComparer.Ordinal);

    private int _asked;
    private volatile TaskCompletionSource _decision = new();

    internal MoveNode(MoveWorld world, int index, List<MemberNode> members, MovePatience patience, LimitOptions? limits)
    {
        var self = members[index];
        _system = ActorSystem.Create(self.Tag, Quiet);
        Tag = self.Tag;
        _decision.SetResult();
        Settings = new Live<NodeSettings>(Make.Settings(limits, new TimerOptions { Idle = TimeSpan.Zero }));
        Membership = new Live<Membership>(new Membership(self, [.. members.Where(m => m != self)]));
        var peers = new Peers(_system, Membership) { Find = (member, name) => world.Way(((ExtendedActorSystem)_system).Provider, index, members.FindIndex(m => m.Tag == member.Tag), name) };
        Reach = new Reach(peers) { Patience = MoveWorld.Patience };
        var whereabouts = Whereabouts = new Whereabouts(peers);
        Condition = new Live<NodeCondition>(NodeCondition.Serving);
        Heard = _system.ActorOf(Props.Create(() => new Listener()));
        Router = _actors[RouterActor.Name] = _system.ActorOf(RouterActor.Props(Tag, TimeProvider.System, peers, whereabouts, patience), RouterActor.Name);
        Supervisor = _actors[SupervisorProtocol.Name] = _system.ActorOf(
            ConnectionSupervisor.Props(Settings, Condition, self.Node, Router, _system.DeadLetters, TimeProvider.System, new Random(1)), SupervisorProtocol.Name);
        Moves = _actors[MoveProtocol.Name] = _system.ActorOf(MovesActor.Props(peers, whereabouts, Supervisor, Router, () => this, patience, TimeProvider.System), MoveProtocol.Name);
        Router.Tell(new RouterProtocol.Attach(Supervisor));
        Supervisor.Tell(new SupervisorProtocol.ShareSessions(Moves, whereabouts, peers, patience.ToPause));
        if (limits is null) return;
        var slots = _actors[UserSlotActor.Name] = _system.ActorOf(
            UserSlotActor.Props(Membership, m => m == self ? _actors[UserSlotActor.Name] : peers.On(m, UserSlotActor.Name), Settings, Supervisor, _system.DeadLetters, TimeProvider.System), UserSlotActor.Name);
        Supervisor.Tell(new SupervisorProtocol.ShareUserLimits(slots));
    }

    internal string Tag { get; }

    internal Live<NodeSettings> Settings { get; }

    internal Live<NodeCondition> Condition { get; }

    internal Live<Membership> Membership { get; }

    internal Reach Reach { get; }

    internal Whereabouts Whereabouts { get; }

    internal IActorRef Router { get; }

    internal IActorRef Supervisor { get; }

    internal IActorRef Moves { get; }

    /// <summary>Answers a question with the lifecycle events so far.</summary>
    internal IActorRef Heard { get; }

    /// <summary>It takes none.</summary>
    internal bool Declines { get; set; }

    /// <summary>From now on it takes none before <see cref="Decide"/>.</summary>
    internal void Hesitate() => _decision = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    internal void Decide() => _decision.SetResult();

    /// <summary>Sessions that have been given to it.</summary>
    internal int Asked => Volatile.Read(ref _asked);

    /// <summary>Somebody of this node, to speak for it.</summary>
    internal Inbox Inbox() => Akka.Actor.Inbox.Create(_system);

    internal IActorRef? Actor(string name) => _actors.GetValueOrDefault(name);

    /// <summary>The handlers of the sessions that came here.</summary>
    internal List<ListeningClient> Clients { get; } = [];

    public async Task<Adoption> AdoptAsync(SessionState state, bool isWanted)
    {
        Interlocked.Increment(ref _asked);
        await _decision.Task;
        if (Declines) return new Adoption(null, IsClosed: true);
        var client = new ListeningClient { State = state.HandlerState };
        var reliable = new ReliableSession(Settings, TimeProvider.System, state) { Client = client };
        if (await Supervisor.Ask<object>(new SupervisorProtocol.Adopt(state, reliable, isWanted), MoveWorld.Patience) is not SupervisorProtocol.Admitted) return default;
        lock (Clients) Clients.Add(client);
        return new Adoption(reliable, IsClosed: false);
    }

    internal async Task<MoveClient> EnterAsync(string? user = "ann", string[]? groups = null, SessionRights? rights = null, string? subprotocol = Compat.ReliableJson)
    {
        var transport = new FakeTransport(TimeProvider.System);
        var client = new ListeningClient { State = "kept" };
        var reliable = subprotocol == Compat.ReliableJson ? new ReliableSession(Settings, TimeProvider.System, transport) { Client = client } : null;
        var question = Make.Question(transport, user) with { Id = ConnectionId.New(Tag), Reliable = reliable, Subprotocol = subprotocol, Standing = new Standing(groups ?? [], rights) };
        var answer = await Supervisor.Ask<object>(new SupervisorProtocol.Admit(question), MoveWorld.Patience);
        var admitted = Assert.IsType<SupervisorProtocol.Admitted>(answer);
        transport.Attach(reliable is null ? admitted.Connection : new TransportVoice(admitted.Connection, transport));
        transport.Open();
        await Supervisor.Ask<ConnectionProtocol.Description>(new SupervisorProtocol.Forward(question.Id, ConnectionProtocol.Describe.Instance), MoveWorld.Patience);
        return new MoveClient(question.Id, client, reliable, transport);
    }

    /// <summary>As the gateway does it: here, or else fetched; again where it was taken away in between, or could not be given.</summary>
    internal async Task<object> RecoverAsync(ConnectionId id, FakeTransport transport)
    {
        var question = new RecoveryQuestion(id, Make.Hub, Make.Address(), transport) { Judged = Make.Address().Address };
        while (true)
        {
            var answer = await Supervisor.Ask<object>(new SupervisorProtocol.Recover(question), MoveWorld.Patience);
            if (answer is SessionProtocol.Recovered recovered)
            {
                transport.Attach(new TransportVoice(recovered.Connection, transport));
                transport.Open();
            }

            if (answer is not (SupervisorProtocol.NotHere or SupervisorProtocol.Refused { Refusal.RetryAfter: not null })) return answer;
            if (answer is SupervisorProtocol.NotHere && (await Moves.Ask<MoveProtocol.Fetched>(new MoveProtocol.Fetch(id), MoveWorld.Patience)).Outcome == MoveProtocol.FetchOutcome.Nowhere)
                return MoveProtocol.FetchOutcome.Nowhere;
        }
    }

    internal Task<Gathered<RouterProtocol.SendReport>> SayAsync(RouterProtocol.Scope scope, string text) =>
        Reach.SendAsync(Router, new RouterProtocol.Send(scope, Publication(text, scope.Group)), MoveWorld.Patience, CancellationToken.None);

    internal static Publication Publication(string text, string? group) => new(PayloadType.Text, System.Text.Encoding.UTF8.GetBytes(text)) { Group = group };

    internal async Task<T> AskHolderAsync<T>(ConnectionId id, RouterProtocol.ICrossing question) =>
        (await Reach.AskHolderAsync<T>(id, Router, RouterActor.Name, question, MoveWorld.Patience, CancellationToken.None)).All.Single();

    internal async Task<object> DescribeAsync(ConnectionId id) =>
        (await Reach.AskHolderAsync<object>(id, Supervisor, SupervisorProtocol.Name, new SupervisorProtocol.Forward(id, ConnectionProtocol.Describe.Instance), MoveWorld.Patience, CancellationToken.None)).All.Single();

    internal async Task<int> CountAsync() => (await Supervisor.Ask<SupervisorProtocol.CensusReport>(SupervisorProtocol.GetCensus.Instance, MoveWorld.Patience)).Connections;

    internal Task<List<object>> EventsAsync() => Heard.Ask<List<object>>("?", MoveWorld.Patience);

    internal Task<IActorRef> ChildAsync(ConnectionId id) => _system.ActorSelection($"/user/{SupervisorProtocol.Name}/{id}").ResolveOne(MoveWorld.Patience);

    /// <summary>The others have decided that this member is gone.</summary>
    internal void Lose(MoveNode gone)
    {
        var before = Membership.Current;
        Membership.Publish(before with { Others = [.. before.Others.Where(m => m.Tag != gone.Tag)] });
        _system.EventStream.Publish(new MembershipChanged(before, Membership.Current));
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private sealed class Listener : UntypedActor
    {
        private readonly List<object> _events = [];

        protected override void PreStart()
        {
            foreach (var kind in new[] { typeof(LifecycleEvents.IEvent), typeof(LifecycleEvents.NothingToMove), typeof(LifecycleEvents.NeverBegan) }) Context.System.EventStream.Subscribe(Self, kind);
        }

        protected override void OnReceive(object message)
        {
            if (message is string) Sender.Tell(_events.ToList());
            else _events.Add(message);
        }
    }
}

/// <summary>A client, its session on the node that made it, and its first transport.</summary>
internal sealed record MoveClient(ConnectionId Id, ListeningClient Application, ReliableSession? Reliable, FakeTransport Transport);

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorSockets.Actors.Tests.Supervision;

/// <summary>A supervisor with its neighbours as probes, and clients that knock.</summary>
[Collection("actors")]
public abstract class SupervisorScene : TestKit
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected SupervisorScene()
        : base(VirtualTime.Config)
    {
        Time = new VirtualTime(Sys);
        Settings = new Live<NodeSettings>(Make.Settings());
        Router = CreateTestProbe();
        Guard = CreateTestProbe();
        Events = CreateTestProbe();
        Endings = CreateTestProbe();
        Sys.EventStream.Subscribe(Events, typeof(LifecycleEvents.IEvent));
        Sys.EventStream.Subscribe(Endings, typeof(LifecycleEvents.Ended));
        Supervisor = Sys.ActorOf(ConnectionSupervisor.Props(Settings, Condition, "node", Router, Guard, Time.Clock, new Random(1)), "connections");
    }

    private protected VirtualTime Time { get; }

    private protected Live<NodeSettings> Settings { get; }

    private protected Live<NodeCondition> Condition { get; } = new(NodeCondition.Serving);

    protected TestProbe Router { get; }

    protected TestProbe Guard { get; }

    protected TestProbe Events { get; }

    protected TestProbe Endings { get; }

    protected IActorRef Supervisor { get; }

    private protected void Limit(LimitOptions limits, int hubMax = 0) => Settings.Publish(Make.Settings(limits, hubMax: hubMax));

    /// <summary>Asks for a session and opens it; null when refused.</summary>
    private protected async Task<Client> Connect(string? user = null, string ip = "10.0.0.1", FakePeer peer = FakePeer.Answers, TokenFacts? token = null, string hub = Make.Hub)
    {
        var client = await Admit(user, ip, peer, token, hub);
        client.Transport.Open();
        await Events.FishForMessageAsync(m => m is LifecycleEvents.Opened opened && opened.Session.Id == client.Id, Patience);
        return client;
    }

    private protected async Task<Client> Admit(string? user = null, string ip = "10.0.0.1", FakePeer peer = FakePeer.Answers, TokenFacts? token = null, string hub = Make.Hub, bool awaitsHandler = false)
    {
        var transport = new FakeTransport(Time.Clock, peer);
        var admitted = Assert.IsType<SupervisorProtocol.Admitted>(await Ask(transport, user, ip, token, hub, awaitsHandler));
        transport.Attach(admitted.Connection);
        return new Client(admitted.Session, transport, admitted.Connection);
    }

    private protected async Task<Refusal> Refused(string? user = null, string ip = "10.0.0.1", string hub = Make.Hub) =>
        Assert.IsType<SupervisorProtocol.Refused>(await Ask(new FakeTransport(Time.Clock), user, ip, null, hub, false)).Refusal;

    private protected async Task<EndingRecord> Ended(Client client)
    {
        var ended = (LifecycleEvents.Ended)await Endings.FishForMessageAsync(m => m is LifecycleEvents.Ended e && e.Record.Session.Id == client.Id, Patience);
        return ended.Record;
    }

    private protected Task<SupervisorProtocol.CensusReport> Census() => Supervisor.Ask<SupervisorProtocol.CensusReport>(SupervisorProtocol.GetCensus.Instance, Patience);

    private protected async Task<(int Connections, int Closing)> Counts()
    {
        var report = await Census();
        return (report.Connections, report.Closing);
    }

    /// <summary>Lets everything in the mailboxes of the connection and then of the supervisor be handled.</summary>
    private protected async Task Settle(Client client)
    {
        await Handled.ByAsync(client.Actor);
        await Census();
    }

    private protected void Tell(object message) => Supervisor.Tell(message, ActorRefs.NoSender);

    private Task<object> Ask(FakeTransport transport, string? user, string ip, TokenFacts? token, string hub, bool awaitsHandler) =>
        Supervisor.Ask<object>(new SupervisorProtocol.Admit(Make.Question(transport, user, ip, hub) with { Token = token, AwaitsHandler = awaitsHandler }), Patience);

    private protected sealed record Client(SessionInfo Session, FakeTransport Transport, IActorRef Actor)
    {
        internal ConnectionId Id => Session.Id;
    }
}

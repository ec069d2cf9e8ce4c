using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace ActorSockets.Actors.Tests.Sessions;

/// <summary>A session goes from one actor system to another as bytes, and its client finds everything there.</summary>
[Collection("actors")]
public sealed class MoveTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TokenFacts Token = new(new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), "t1");

    [Fact]
    public async Task Nothing_is_lost_on_the_way()
    {
        await using var there = new Node("there");
        var here = new Node("here", Sys);
        var (client, socket) = (new ListeningClient { State = "kept" }, new FakeTransport(TimeProvider.System));
        var reliable = new ReliableSession(here.Settings, TimeProvider.System, socket) { Client = client };
        var rights = SessionRights.With(SessionRights.Of([Compat.SendRole]), Permission.SendToGroup, "closed", granted: false);
        var question = Make.Question(socket, "ann") with { Reliable = reliable, Subprotocol = Compat.ReliableJson, Token = Token, Standing = new Standing(["room", "lobby"], rights) };
        var admitted = Assert.IsType<SupervisorProtocol.Admitted>(await here.Supervisor.Ask<object>(new SupervisorProtocol.Admit(question), Patience));
        var id = admitted.Session.Id;
        socket.Attach(new TransportVoice(admitted.Connection, socket));
        socket.Open();
        await here.Supervisor.Ask<ConnectionProtocol.Description>(new SupervisorProtocol.Forward(id, ConnectionProtocol.Describe.Instance), Patience);
        Assert.Equal((1, 0), await here.Counts());
        for (var n = 1; n <= 5; n++) await here.Say("room", n);
        reliable.Acknowledge(2);
        reliable.Acks.Add(7);

        var given = Assert.IsType<SessionProtocol.Surrendered>(await here.Supervisor.Ask<object>(new SupervisorProtocol.Surrender(id), Patience));
        var bytes = given.State.ToBytes();

        // Here it is no more, without having ended, and its client is told to look elsewhere.
        Assert.Equal(1012, (await socket.Ordered.WaitAsync(Patience)).Code);
        Assert.Equal((0, 0), await here.Counts());
        Assert.Equal(0, await here.Say("room", 6));
        Assert.Empty(client.Heard);

        var state = SessionState.FromBytes(bytes);
        Assert.Equal("kept", state.HandlerState);
        var adopted = new ReliableSession(there.Settings, TimeProvider.System, state) { Client = new ListeningClient() };
        Assert.IsType<SupervisorProtocol.Admitted>(await there.Supervisor.Ask<object>(new SupervisorProtocol.Adopt(state, adopted), Patience));
        Assert.IsType<SupervisorProtocol.Refused>(await there.Supervisor.Ask<object>(new SupervisorProtocol.Adopt(state, adopted), Patience));
        Assert.Equal((1, 0), await there.Counts());
        Assert.Equal(1, await there.Say("lobby", 6));

        var next = new FakeTransport(TimeProvider.System);
        var recovered = Assert.IsType<SessionProtocol.Recovered>(await there.Supervisor.Ask<object>(
            new SupervisorProtocol.Recover(new RecoveryQuestion(id, Make.Hub, Make.Address(), next) { Judged = Make.Address().Address }), Patience));
        next.Attach(new TransportVoice(recovered.Connection, next));
        next.Open();
        await there.Say("room", 7);

        Assert.Equal([(3, 3), (4, 4), (5, 5), (6, 6), (7, 7)], next.Sent.Select(m => System.Text.Json.Nodes.JsonNode.Parse(m.Payload.Span)!).Select(j => ((int)j["sequenceId"]!, (int)j["data"]!)));
        Assert.True(adopted.Acks.Contains(7));
        Assert.Equal(("there", "ann", Compat.ReliableJson, admitted.Session.ConnectedAt), (recovered.Session.Node, recovered.Session.UserId, recovered.Session.Subprotocol, recovered.Session.ConnectedAt));
        Assert.Equal(RouterProtocol.Verdict.Done, await there.May(id, "open"));
        Assert.Equal(RouterProtocol.Verdict.Forbidden, await there.May(id, "closed"));
        var description = await there.Supervisor.Ask<ConnectionProtocol.Description>(new SupervisorProtocol.Forward(id, ConnectionProtocol.Describe.Instance), Patience);
        Assert.Equal(Token.ExpiresAt + TimeSpan.FromSeconds(30), description.SessionEndsAt);

        there.Supervisor.Tell(new SupervisorProtocol.End(id, new EndRequest(EndingCatalogue.ServerClosed)), ActorRefs.NoSender);
        Assert.Equal(1008, (await next.Ordered.WaitAsync(Patience)).Code);
    }

    /// <summary>Supervisor and router of one node, in an actor system of its own.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly ActorSystem _system;
        private readonly bool _owned;
        private readonly IActorRef _router;

        internal Node(string name, ActorSystem? system = null)
        {
            (_system, _owned) = (system ?? ActorSystem.Create(name), system is null);
            _router = _system.ActorOf(RouterActor.Props(name, TimeProvider.System));
            Supervisor = _system.ActorOf(ConnectionSupervisor.Props(Settings, new Live<NodeCondition>(NodeCondition.Serving), name, _router, _system.DeadLetters, TimeProvider.System, new Random(1)), "connections");
            _router.Tell(new RouterProtocol.Attach(Supervisor));
        }

        internal Live<NodeSettings> Settings { get; } = new(Make.Settings());

        internal IActorRef Supervisor { get; }

        internal async Task<(int Connections, int Closing)> Counts()
        {
            var census = await Supervisor.Ask<SupervisorProtocol.CensusReport>(SupervisorProtocol.GetCensus.Instance, Patience);
            return (census.Connections, census.Closing);
        }

        internal async Task<int> Say(string group, int number)
        {
            var publication = new Publication(PayloadType.Json, System.Text.Encoding.UTF8.GetBytes($"{number}")) { Group = group };
            return (await _router.Ask<RouterProtocol.SendReport>(new RouterProtocol.Send(new RouterProtocol.Scope(Make.Hub, Group: group), publication), Patience)).Queued;
        }

        internal async Task<RouterProtocol.Verdict> May(ConnectionId id, string group) =>
            (await _router.Ask<RouterProtocol.RightsAnswer>(new RouterProtocol.CheckRight(Make.Hub, id, Permission.SendToGroup, group), Patience)).Verdict;

        public async ValueTask DisposeAsync()
        {
            if (_owned) await _system.Terminate();
        }
    }
}

using System.Text;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Actors.Tests.Supervision;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Sessions;

/// <summary>What a session's application hears.</summary>
internal sealed class ListeningClient : ISessionClient
{
    internal List<string> Heard { get; } = [];

    internal string? State { get; init; }

    /// <summary>It is doing something for its client that does not end.</summary>
    internal bool IsBusy { get; set; }

    internal int Paused { get; private set; }

    public void OnEnded(Ending ending) => Heard.Add(ending.Id);

    public void OnSessionWarning(DateTimeOffset endsAt) => Heard.Add("warning");

    public Task<bool> PauseAsync(CancellationToken longest)
    {
        Paused++;
        return Task.FromResult(!IsBusy);
    }

    public void Resume() => Paused--;

    public string? SaveState() => State;
}

/// <summary>Sessions with recovery under a supervisor, in virtual time.</summary>
public abstract class SessionScene : SupervisorScene
{
    protected SessionScene() => Set(new SessionOptions());

    private protected void Set(SessionOptions sessions, LimitOptions? limits = null, TimerOptions? timers = null, SecurityOptions? security = null) =>
        Settings.Publish(Make.Settings(limits, timers ?? new TimerOptions { Idle = TimeSpan.Zero }, security) with { Sessions = sessions });

    private protected async Task<Member> Enter(string? user = "ann", string ip = "10.0.0.1", TokenFacts? token = null, FakePeer peer = FakePeer.Answers)
    {
        var socket = new FakeTransport(Time.Clock, peer);
        var reliable = new ReliableSession(Settings, Time.Clock, socket);
        var question = Make.Question(socket, user, ip) with { Reliable = reliable, Subprotocol = Compat.ReliableJson, Token = token };
        var admitted = Assert.IsType<SupervisorProtocol.Admitted>(await Supervisor.Ask<object>(new SupervisorProtocol.Admit(question), Patience));
        var client = new ListeningClient();
        reliable.Client = client;
        socket.Attach(new TransportVoice(admitted.Connection, socket));
        socket.Open();
        await Events.FishForMessageAsync(m => m is LifecycleEvents.Opened opened && opened.Session.Id == admitted.Session.Id, Patience);
        var member = new Member(admitted.Session, admitted.Connection, reliable, client, socket);

        // It announces itself first and then looks at the clock.
        await Settle(member);
        return member;
    }

    /// <summary>The wire is cut.</summary>
    private protected async Task Lose(Member member, FakeTransport? socket = null)
    {
        Say(member, socket ?? member.Socket, new ConnectionProtocol.Faulted(EndingCatalogue.ConnectionLost, null));
        await Settle(member);
    }

    private protected static void Say(Member member, FakeTransport socket, ConnectionProtocol.IMessage fact) =>
        new TransportVoice(member.Actor, socket).Tell(fact, ActorRefs.NoSender);

    private protected Task<object> AskBack(Member member, FakeTransport socket, string ip = "10.0.0.1", string hub = Make.Hub, Refusal? origin = null, bool isProven = true) =>
        Supervisor.Ask<object>(
            new SupervisorProtocol.Recover(new RecoveryQuestion(member.Session.Id, hub, Make.Address(ip), socket) { Judged = Make.Address(ip).Address, Origin = origin, IsProven = isProven }), Patience);

    /// <summary>The client is back on a new socket, whose 101 is out.</summary>
    private protected async Task<FakeTransport> Recover(Member member, string ip = "10.0.0.1")
    {
        var socket = new FakeTransport(Time.Clock);
        Assert.IsType<SessionProtocol.Recovered>(await AskBack(member, socket, ip));
        socket.Attach(new TransportVoice(member.Actor, socket));
        socket.Open();
        await Settle(member);
        return socket;
    }

    private protected async Task Settle(Member member)
    {
        await Handled.ByAsync(member.Actor);
        await Census();
    }

    private protected async Task Pass(Member member, double seconds)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        await Settle(member);
    }

    private protected async Task<EndingRecord> EndedOnce(Member member)
    {
        var ended = (LifecycleEvents.Ended)await Endings.FishForMessageAsync(m => m is LifecycleEvents.Ended e && e.Record.Session.Id == member.Session.Id, Patience);
        await Endings.ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.Equal(ended.Record.Ending.Id, Assert.Single(member.Client.Heard));
        return ended.Record;
    }

    private protected async Task<EndingRecord> Left(Member member)
    {
        var left = (LifecycleEvents.TransportLeft)await Events.FishForMessageAsync(m => m is LifecycleEvents.TransportLeft l && l.Record.Session.Id == member.Session.Id, Patience);
        return left.Record;
    }

    private protected static OutboundMessage Message(int number) =>
        new Publication(PayloadType.Json, Encoding.UTF8.GetBytes($"{number}")).For(DeliveryForm.Json);

    /// <summary>What went out on a socket: sequence id and number.</summary>
    private protected static (int Id, int Number)[] Numbers(FakeTransport socket) =>
        [.. socket.Sent.Select(m => System.Text.Json.Nodes.JsonNode.Parse(m.Payload.Span)!).Select(j => ((int)j["sequenceId"]!, (int)j["data"]!))];

    private protected sealed record Member(SessionInfo Session, IActorRef Actor, ReliableSession Reliable, ListeningClient Client, FakeTransport Socket);
}

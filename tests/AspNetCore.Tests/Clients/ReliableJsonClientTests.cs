using System.Net;
using System.Text;
using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Clients;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.AspNetCore.Tests.Sockets;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;

namespace ActorSockets.AspNetCore.Tests.Clients;

/// <summary>What its actor is told, whatever became of the socket that a frame came on.</summary>
public sealed class ReliableJsonClientTests
{
    private readonly Notes _actor = new();

    [Fact]
    public async Task A_handler_that_throws_ends_the_session_also_when_nobody_listens_to_the_socket_any_more()
    {
        var (client, _) = Make(new Throwing(new InvalidOperationException("broken")));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await SayAsync(client, """{"type":"event","event":"e","dataType":"text","data":"x"}"""));
        var end = Assert.Single(_actor.Ends);
        Assert.Equal((EndingCatalogue.ServerError, nameof(InvalidOperationException)), (end.Ending, end.Note));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.OnOpenedAsync(CancellationToken.None));
        Assert.Equal(2, _actor.Ends.Count);
    }

    [Fact]
    public async Task Work_that_is_cancelled_because_the_session_is_over_is_no_fault()
    {
        var (client, session) = Make(new Throwing(new OperationCanceledException()));
        session.Over(EndingCatalogue.ServerClosed);

        await Assert.ThrowsAsync<OperationCanceledException>(async () => await SayAsync(client, """{"type":"event","event":"e","dataType":"text","data":"x"}"""));
        Assert.Empty(_actor.Ends);
    }

    [Theory]
    [InlineData("0", true)]
    [InlineData("1", true)]
    [InlineData("2", false)]
    [InlineData("18446744073709551615", false)]
    public async Task Only_what_was_said_can_be_acknowledged(string id, bool isTaken)
    {
        var (client, session) = Make(new Throwing(new InvalidOperationException()));
        session.TrySend(new Publication(PayloadType.Json, Encoding.UTF8.GetBytes("1")).For(DeliveryForm.Json));

        await SayAsync(client, $$"""{"type":"sequenceAck","sequenceId":{{id}}}""");
        Assert.Equal(isTaken ? [] : [EndingCatalogue.InvalidPayload], _actor.Ends.Select(e => e.Ending));
    }

    [Theory]
    [InlineData("""{"type":"ping"}""", false)]
    [InlineData("""{"type":"sequenceAck","sequenceId":0}""", false)]
    [InlineData("""{"type":"sequenceAck"}""", false)]
    [InlineData("""{"type":"event","event":"e","dataType":"text","data":"x"}""", true)]
    [InlineData("""{"type":"sendToGroup","group":"","dataType":"text","data":"x"}""", true)]
    [InlineData("""{"type":"joinGroup","group":""}""", true)]
    public void Pings_and_acks_of_the_protocol_are_no_data(string frame, bool expected)
    {
        var (client, _) = Make(new NoneHandler());

        // Known at once; what is answered waits for a socket that never comes.
        _ = client.OnMessageAsync(Encoding.UTF8.GetBytes(frame), isText: true, out var isData, CancellationToken.None).AsTask();
        Assert.Equal(expected, isData);
    }

    private (ReliableJsonClient Client, ReliableSession Session) Make(HubHandler handler)
    {
        var setup = new Setup();
        var settings = new Live<NodeSettings>(TransportHarness.SettingsOf(setup));
        var session = new ReliableSession(settings, TimeProvider.System, new SocketTransport("h", settings, new KeepAliveWheel(TimeProvider.System), TimeProvider.System, new CountingMeter()));
        var info = new SessionInfo(ConnectionId.New("n1"), "n1", "h", "ann", new ClientAddress(IPAddress.Loopback, false), Compat.ReliableJson, DateTimeOffset.UnixEpoch);
        var connection = new HubConnection(info, new ReliableOutlet(session), _actor, handler, new HandlerFaults(NullLogger<HandlerFaults>.Instance));
        var door = new ClientDoor(null!, settings, TimeProvider.System, NullLogger<ClientDoor>.Instance);
        var client = new ReliableJsonClient(connection, session, new ReconnectionTokens(new Live<ActorSocketsOptions>(new ActorSocketsOptions())), door, begun: false);
        session.Client = client;
        return (client, session);
    }

    private static ValueTask SayAsync(ReliableJsonClient client, string frame) =>
        client.OnMessageAsync(Encoding.UTF8.GetBytes(frame), isText: true, out _, CancellationToken.None);

    private sealed class Throwing(Exception fault) : HubHandler
    {
        public override ValueTask OnOpenedAsync(HubConnection connection, CancellationToken cancellation) => throw fault;

        public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) => throw fault;
    }

    private sealed class Notes : MinimalActorRef
    {
        internal List<EndRequest> Ends { get; } = [];

        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems, "notes");

        public override IActorRefProvider Provider => throw new NotSupportedException();

        protected override void TellInternal(object message, IActorRef sender)
        {
            if (message is ConnectionProtocol.End end) Ends.Add(end.Request);
        }
    }
}

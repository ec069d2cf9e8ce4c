using System.Runtime.InteropServices;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Time.Testing;
using static ActorSockets.Actors.Routing.RouterProtocol;
using Scope = ActorSockets.Actors.Routing.RouterProtocol.Scope;

namespace ActorSockets.Actors.Tests.Routing;

/// <summary>What many hear is made once for each form, and all of them hold the same bytes.</summary>
[Collection(Alone.Name)]
public sealed class FanOutTests : TestKit
{
    private const int Each = 100;
    private const int Megabyte = 1024 * 1024;
    private readonly IActorRef _router;
    private readonly List<ListeningTransport> _raw = [];
    private readonly List<ListeningTransport> _json = [];

    public FanOutTests()
    {
        _router = Sys.ActorOf(RouterActor.Props("n1", new FakeTimeProvider(RoutingScene.Now)));
        for (var i = 0; i < Each; i++)
        {
            // In turns, so that nobody's form is encoded for a run of receivers only.
            _raw.Add(Add($"n1.r{i}", null));
            _json.Add(Add($"n1.j{i}", Compat.Json));
        }
    }

    [Fact]
    public async Task A_message_of_the_data_plane_is_encoded_once_for_each_form()
    {
        var body = "{\"a\":1}"u8.ToArray();
        await SendAsync(new Publication(PayloadType.Json, body) { Group = "room" });
        Assert.Same(body, BytesOf(OnlyOne(_raw)));
        Assert.Equal("""{"type":"message","from":"group","group":"room","dataType":"json","data":{"a":1}}"""u8.ToArray(), OnlyOne(_json).Payload.ToArray());
    }

    [Fact]
    public async Task So_is_a_message_of_the_application_in_this_process()
    {
        var message = OutboundMessage.Text("hi");
        await SendAsync(Publication.Of(message, "room"));
        Assert.Same(message, OnlyOne(_raw));
        OnlyOne(_json);
    }

    [Fact]
    public async Task So_is_what_a_client_says_to_its_group()
    {
        _router.Tell(new SetRight("chat", new ConnectionId("n1.j0"), Permission.SendToGroup, "room", Granted: true), ActorRefs.NoSender);
        var says = new ClientPublishes(new ConnectionId("n1.j0"), new Publication(PayloadType.Text, "hi"u8.ToArray()) { Group = "room", FromUserId = "ann" }, NoEcho: true);
        _router.Tell(says, ActorRefs.NoSender);
        Assert.Equal(Verdict.Done, await says.Done.Task.WaitAsync(TimeSpan.FromSeconds(20)));

        OnlyOne(_raw);
        OnlyOne(_json.Skip(1));
        Assert.Empty(_json[0].Sent);
    }

    [Fact]
    public async Task Many_receivers_cost_no_more_memory_than_two()
    {
        await SendAsync(new Publication(PayloadType.Text, "warm"u8.ToArray()));
        var body = new byte[Megabyte];
        Array.Fill(body, (byte)'x');

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await SendAsync(new Publication(PayloadType.Text, body));
        var spent = GC.GetTotalAllocatedBytes(precise: true) - before;

        // One envelope, and the room that its buffer takes while it grows; 100 envelopes would be 100 MiB.
        Assert.InRange(spent, Megabyte, 10 * Megabyte);
    }

    private ListeningTransport Add(string id, string? subprotocol)
    {
        var transport = new ListeningTransport();
        _router.Tell(new Register(RoutingScene.Session(id, subprotocol: subprotocol), transport), ActorRefs.NoSender);
        _router.Tell(new JoinGroup(new ConnectionId(id), "room"), ActorRefs.NoSender);
        return transport;
    }

    private async Task SendAsync(Publication publication) => Assert.Equal(
        new SendReport(2 * Each, 2 * Each),
        await _router.Ask<SendReport>(new Send(new Scope("chat", Group: "room"), publication), TimeSpan.FromSeconds(20)));

    /// <summary>The one message that all of them were given.</summary>
    private static OutboundMessage OnlyOne(IEnumerable<ListeningTransport> receivers) =>
        Assert.Single(receivers.Select(r => Assert.Single(r.Sent)).Distinct(ReferenceEqualityComparer.Instance).Cast<OutboundMessage>());

    private static byte[] BytesOf(OutboundMessage message) =>
        MemoryMarshal.TryGetArray(message.Payload, out var segment) ? segment.Array! : throw new InvalidOperationException("no array");
}

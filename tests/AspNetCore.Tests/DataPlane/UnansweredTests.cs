using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.DataPlane;
using ActorSockets.AspNetCore.DataPlane.Operations;
using ActorSockets.AspNetCore.DataPlane.Reading;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Tests.DataPlane;

/// <summary>A router that has the order in its mailbox and is too busy to answer.</summary>
public sealed class UnansweredTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("unanswered");
    private readonly Inbox _router;
    private readonly Presence _presence;

    public UnansweredTests()
    {
        var registry = new ActorRegistry();
        _router = Inbox.Create(_system);
        registry.Register<NodeActors.RouterKey>(_router.Receiver);
        _presence = new Presence(new RouterCalls(new NodeActors(_system, registry), Alone) { Patience = TimeSpan.FromMilliseconds(50) });
    }

    private Reach Alone => new(new Peers(_system, new Live<Actors.Cluster.Membership>(Actors.Cluster.Membership.Alone("n", "n"))));

    public void Dispose()
    {
        _router.Dispose();
        _system.Dispose();
    }

    [Fact]
    public async Task Sending_people_away_was_ordered_once_and_is_not_asked_for_again()
    {
        var scope = new RouterProtocol.Scope("chat");
        var query = new DataPlaneQuery(new Dictionary<string, StringValues> { ["reason"] = "bye" });
        var call = new DataPlaneCall("chat", default!, query, null, new DefaultHttpContext().Request, "", default!);

        Assert.Equal(DataPlaneAnswer.NoContent, await _presence.CloseAsync(call, scope));
        Assert.Equal(scope, Assert.IsType<RouterProtocol.EndScope>(_router.Receive(TimeSpan.FromSeconds(60))).Scope);

        // Nothing came between the question and this.
        _router.Receiver.Tell("the end", ActorRefs.NoSender);
        Assert.Equal("the end", _router.Receive(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task A_message_that_stands_in_the_routers_mailbox_keeps_its_share_of_what_is_done_at_once()
    {
        var registry = new ActorRegistry();
        var router = _system.ActorOf(Props.Create(() => new LateRouter()));
        registry.Register<NodeActors.RouterKey>(router);
        var calls = new RouterCalls(new NodeActors(_system, registry), Alone) { Patience = TimeSpan.FromMilliseconds(50) };
        var all = new CallsUnderWay();
        Assert.True(all.TryBegin(CallsUnderWay.MaxBytes));
        var share = new CallUnderWay(all, CallsUnderWay.MaxBytes);

        // The caller is not kept waiting any more, and has its 202.
        await calls.SendAsync(new RouterProtocol.Send(new RouterProtocol.Scope("chat"), new Publication(PayloadType.Text, "hi"u8.ToArray())), share);
        share.Answered();
        Assert.False(all.TryBegin(1));

        router.Tell("go on");
        await BegunAsync(all).WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void A_share_ends_with_the_call_where_nothing_is_left_behind()
    {
        var all = new CallsUnderWay();
        Assert.True(all.TryBegin(CallsUnderWay.MaxBytes));
        var share = new CallUnderWay(all, CallsUnderWay.MaxBytes);
        share.LastsUntil(Task.CompletedTask);
        share.LastsUntil(Task.FromException(new TimeoutException()));
        Assert.False(all.TryBegin(1));
        share.Answered();
        Assert.True(all.TryBegin(1));
    }

    private static async Task BegunAsync(CallsUnderWay all)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!all.TryBegin(1)) await pause.WaitForNextTickAsync();
    }

    /// <summary>Comes to what it was sent when it is told to.</summary>
    private sealed class LateRouter : UntypedActor
    {
        private IActorRef? _asker;

        protected override void OnReceive(object message)
        {
            if (message is RouterProtocol.Send) _asker = Sender;
            else _asker!.Tell(new RouterProtocol.SendReport(0, 0));
        }
    }

    [Fact]
    public async Task A_question_without_an_answer_may_be_asked_again() =>
        Assert.NotEqual(DataPlaneAnswer.Ok, await _presence.ExistsAsync(new RouterProtocol.Scope("chat"), "User"));
}

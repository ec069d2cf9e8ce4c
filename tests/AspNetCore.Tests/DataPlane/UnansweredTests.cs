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
        _presence = new Presence(new RouterCalls(new NodeActors(_system, registry), new Reach(new Peers(_system, new Live<Actors.Cluster.Membership>(Actors.Cluster.Membership.Alone("n", "n"))))) { Patience = TimeSpan.FromMilliseconds(50) });
    }

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
        Assert.Equal(scope, Assert.IsType<RouterProtocol.EndScope>(_router.Receive(TimeSpan.FromSeconds(20))).Scope);
        Assert.Throws<TimeoutException>(() => _router.Receive(TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task A_question_without_an_answer_may_be_asked_again() =>
        Assert.NotEqual(DataPlaneAnswer.Ok, await _presence.ExistsAsync(new RouterProtocol.Scope("chat"), "User"));
}

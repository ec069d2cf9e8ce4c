using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using ActorSockets.Tests;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

public sealed class FollowingTests
{
    private static readonly ConnectionId Id = ConnectionId.New("n-n0");
    private static readonly FakeTransport Transport = new(TimeProvider.System);

    [Fact]
    public void What_ends_a_session_follows_it_and_the_maintenance_of_its_old_node_does_not()
    {
        var ban = new EndRequest(EndingCatalogue.Banned);

        Assert.Equal(new SupervisorProtocol.End(Id, ban), Following.Of(Id, new ConnectionProtocol.End(ban)));
        Assert.Null(Following.Of(Id, new ConnectionProtocol.End(new EndRequest(EndingCatalogue.Shutdown) { Abort = true })));
    }

    [Fact]
    public void A_transport_that_ends_the_session_ends_it_elsewhere_and_one_that_is_lost_does_not()
    {
        Assert.Equal(EndingCatalogue.ClientClosed, EndOf(new ConnectionProtocol.PeerClosed(1000, "")));
        Assert.Equal(EndingCatalogue.MessageTooBig, EndOf(new ConnectionProtocol.Faulted(EndingCatalogue.MessageTooBig, null)));
        Assert.Null(EndOf(new ConnectionProtocol.PeerClosed(1006, "")));
        Assert.Null(EndOf(new ConnectionProtocol.Faulted(EndingCatalogue.ConnectionLost, null)));
    }

    [Fact]
    public void Who_asks_is_answered_where_it_lives()
    {
        var extend = new ConnectionProtocol.ExtendUntil(DateTimeOffset.UnixEpoch);

        Assert.Equal(new SupervisorProtocol.Forward(Id, extend), Following.Of(Id, extend));
        Assert.Null(Following.Of(Id, SessionProtocol.Stay.Instance));
    }

    private static Ending? EndOf(ConnectionProtocol.IMessage fact) => (Following.Of(Id, new SessionProtocol.FromTransport(Transport, fact)) as SupervisorProtocol.End)?.Request.Ending;
}

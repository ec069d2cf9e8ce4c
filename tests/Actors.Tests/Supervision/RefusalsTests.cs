using ActorSockets.Actors.Supervision;

namespace ActorSockets.Actors.Tests.Supervision;

public sealed class RefusalsTests
{
    [Fact]
    public void A_node_is_closed_for_all_only_by_what_says_nothing_of_who_knocks()
    {
        Refusal[] ofTheNode = [Refusals.Draining(TimeSpan.FromSeconds(30)), Refusals.Overloaded(), Refusals.Full("node")];
        Refusal[] ofOne = [Refusals.Full("hub"), Refusals.UserLimitUnknown(), Refusals.UserLimit(2), Refusals.Elsewhere(), Refusals.NotRecovered(), Refusals.HandshakeTimeout(), Refusals.ConnectRate(TimeSpan.Zero)];

        Assert.All(ofTheNode, r => Assert.True(Refusals.ConcernsWholeNode(r), r.Detail));
        Assert.All(ofOne, r => Assert.False(Refusals.ConcernsWholeNode(r), r.Detail));
    }
}

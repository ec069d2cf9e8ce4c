using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Witness;
using static ActorSockets.Actors.Tests.Cluster.Witness.WitnessScene;

namespace ActorSockets.Actors.Tests.Cluster.Witness;

public sealed class WitnessChoiceTests
{
    [Fact]
    public void Each_tells_the_next_in_the_ring_so_everybody_hears_of_one_node()
    {
        string[] tags = ["a", "b", "c", "d"];

        var chosen = tags.Select(self => WitnessChoice.Of(Members(Member(self), [.. tags.Where(t => t != self).Select(t => Member(t))]), null)!.Tag);

        Assert.Equal(["b", "c", "d", "a"], chosen);
    }

    [Fact]
    public void One_on_another_machine_is_taken_first() =>
        Assert.Equal("c", WitnessChoice.Of(Members(Member("a"), Member("b"), Member("c", "two"), Member("d", "two")), null)?.Tag);

    [Fact]
    public void Who_is_told_stays_it_while_it_can_be_reached() =>
        Assert.Equal("c", WitnessChoice.Of(Members(Member("a"), Member("b"), Member("c")), "c")?.Tag);

    [Fact]
    public void Nobody_is_told_who_is_missed_or_about_to_go()
    {
        var membership = Members(Member("a"), Member("b") with { Reachable = false }, Member("c") with { State = MemberState.Leaving }, Member("d") with { State = MemberState.Joining }, Member("e"));

        Assert.Equal("e", WitnessChoice.Of(membership, "b")?.Tag);
        Assert.Null(WitnessChoice.Of(Members(Member("a"), Member("b") with { Reachable = false }), "b"));
        Assert.Null(WitnessChoice.Of(Members(Member("a")), null));
    }

    [Fact]
    public void A_node_that_the_others_do_not_know_or_let_go_tells_nobody()
    {
        Assert.Null(WitnessChoice.Of(Members(Member("a") with { State = MemberState.Joining }, Member("b")), null));
        Assert.Null(WitnessChoice.Of(Members(Member("a") with { State = MemberState.Down }, Member("b")), "b"));
        Assert.Equal("b", WitnessChoice.Of(Members(Member("a") with { State = MemberState.Leaving }, Member("b")), "b")?.Tag);
    }
}

using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Witness;
using static ActorSockets.Actors.Tests.Cluster.Witness.WitnessScene;

namespace ActorSockets.Actors.Tests.Cluster.Witness;

public sealed class LastWitnessTests
{
    private static readonly MemberNode Us = Member("a"), Gone = Member("a") with { State = MemberState.Down }, OutOfSight = Member("b") with { Reachable = false };

    private readonly LastWitness _last = new();

    [Fact]
    public void A_node_that_was_let_go_reports_what_its_witness_has_not_heard_of()
    {
        var (before, after) = (Session().Id, Session().Id);
        Assert.Null(_last.Untold);

        _last.Set("b", [before]);
        _last.Follow(Members(Us, OutOfSight));
        _last.Opened(after);
        _last.Follow(Members(Gone, OutOfSight));

        // Its membership dissolves.
        _last.Follow(Members(Gone));
        _last.Follow(Members(Us with { State = MemberState.Joining }));
        Assert.Equal([before, after], _last.Untold!);
    }

    [Fact]
    public void It_reports_everything_when_the_witness_leaves_along_with_it()
    {
        _last.Set("b", []);
        _last.Follow(Members(Gone, Member("b")));
        Assert.Empty(_last.Untold!);

        _last.Follow(Members(Gone, Member("b") with { State = MemberState.Down }));

        Assert.Null(_last.Untold);
    }

    [Fact]
    public void It_reports_everything_when_somebody_whom_it_sees_lets_both_go()
    {
        _last.Set("b", []);

        _last.Follow(Members(Gone, OutOfSight with { State = MemberState.Down }, Member("c")));

        Assert.Null(_last.Untold);
    }

    [Fact]
    public void What_a_node_that_sees_nobody_says_of_its_witness_does_not_count()
    {
        var alone = Member("c") with { Reachable = false };
        _last.Set("b", []);

        _last.Follow(Members(Us, OutOfSight with { State = MemberState.Down }, alone));
        _last.Follow(Members(Us, OutOfSight with { State = MemberState.Down }, alone with { State = MemberState.Down }));
        _last.Follow(Members(Gone, OutOfSight with { State = MemberState.Down }, alone with { State = MemberState.Down }));
        _last.Follow(Members(Gone));

        Assert.Empty(_last.Untold!);
    }

    [Fact]
    public void A_witness_that_answers_again_counts_until_somebody_hears()
    {
        _last.Set("b", []);

        _last.Follow(Members(Us, Member("b"), Member("c")));
        Assert.Empty(_last.Untold!);

        _last.Replaced();
        Assert.Null(_last.Untold);
    }

    [Fact]
    public void A_witness_that_is_gone_does_not_count()
    {
        _last.Set("b", []);

        _last.Follow(Members(Us, Member("c")));

        Assert.Null(_last.Untold);
    }

    [Fact]
    public void An_answer_that_comes_after_the_decision_changes_nothing()
    {
        var down = OutOfSight with { State = MemberState.Down };
        _last.Set("b", []);

        _last.Follow(Members(Gone, down, Member("c") with { Reachable = false }));
        _last.Follow(Members(Gone, down, Member("c")));

        Assert.Empty(_last.Untold!);
    }

    [Fact]
    public void A_witness_that_leaves_does_not_count()
    {
        _last.Set("b", []);

        _last.Follow(Members(Us, Member("b") with { State = MemberState.Leaving }));

        Assert.Null(_last.Untold);
    }
}

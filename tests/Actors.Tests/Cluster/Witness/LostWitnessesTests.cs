using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Witness;
using static ActorSockets.Actors.Tests.Cluster.Witness.WitnessScene;

namespace ActorSockets.Actors.Tests.Cluster.Witness;

public sealed class LostWitnessesTests
{
    private static readonly MemberNode Us = Member("a"), Gone = Member("a") with { State = MemberState.Down }, OutOfSight = Member("b") with { Reachable = false };

    private readonly LostWitnesses _lost = new();

    [Fact]
    public void A_node_that_was_let_go_reports_what_its_witness_has_not_heard_of()
    {
        var (before, after) = (Session().Id, Session().Id);
        Assert.Null(_lost.Untold);

        _lost.Add("b", [before]);
        _lost.Follow(Members(Us, OutOfSight));
        _lost.Opened(after);
        _lost.Follow(Members(Gone, OutOfSight));

        // Its membership dissolves.
        _lost.Follow(Members(Gone));
        _lost.Follow(Members(Us with { State = MemberState.Joining }));
        Assert.Equal([before, after], _lost.Untold!);
    }

    [Fact]
    public void It_reports_everything_when_the_witness_leaves_along_with_it()
    {
        _lost.Add("b", []);
        _lost.Follow(Members(Gone, Member("b")));
        Assert.Empty(_lost.Untold!);

        _lost.Follow(Members(Gone, Member("b") with { State = MemberState.Down }));

        Assert.Null(_lost.Untold);
    }

    [Fact]
    public void It_reports_everything_when_somebody_whom_it_sees_lets_both_go()
    {
        _lost.Add("b", []);

        _lost.Follow(Members(Gone, OutOfSight with { State = MemberState.Down }, Member("c")));

        Assert.Null(_lost.Untold);
    }

    [Fact]
    public void What_a_node_that_sees_nobody_says_of_its_witness_does_not_count()
    {
        var alone = Member("c") with { Reachable = false };
        _lost.Add("b", []);

        _lost.Follow(Members(Us, OutOfSight with { State = MemberState.Down }, alone));
        _lost.Follow(Members(Us, OutOfSight with { State = MemberState.Down }, alone with { State = MemberState.Down }));
        _lost.Follow(Members(Gone, OutOfSight with { State = MemberState.Down }, alone with { State = MemberState.Down }));
        _lost.Follow(Members(Gone));

        Assert.Empty(_lost.Untold!);
    }

    [Fact]
    public void A_witness_that_answers_again_counts_until_it_knows_that_another_does()
    {
        _lost.Add("b", []);

        _lost.Follow(Members(Us, Member("b"), Member("c")));
        Assert.Empty(_lost.Untold!);

        _lost.Forget("b");
        Assert.Null(_lost.Untold);
    }

    [Fact]
    public void Of_two_who_stay_the_one_that_was_told_last_reports()
    {
        var (late, known) = (Session().Id, Session().Id);
        _lost.Add("b", [known]);
        _lost.Add("c", []);
        _lost.Opened(late);

        _lost.Follow(Members(Gone, OutOfSight, Member("c") with { Reachable = false }));
        Assert.Equal([late], _lost.Untold!);

        // It was told anew.
        _lost.Add("b", [known]);
        Assert.Equal([known], _lost.Untold!);
    }

    [Fact]
    public void Cut_off_together_with_the_second_a_node_leaves_to_the_first_what_that_one_knew()
    {
        var unknown = Session().Id;
        _lost.Add("b", []);
        _lost.Opened(unknown);
        _lost.Add("c", []);

        _lost.Follow(Members(Gone, OutOfSight, Member("c") with { State = MemberState.Down }));

        Assert.Equal([unknown], _lost.Untold!);
    }

    [Fact]
    public void So_many_are_remembered_and_so_much_that_they_do_not_know()
    {
        var others = Enumerable.Range(0, LostWitnesses.Most + 1).Select(i => $"m{i}").ToList();
        foreach (var tag in others) _lost.Add(tag, []);
        foreach (var tag in others[2..]) _lost.Forget(tag);

        // The first had to make room.
        Assert.Empty(_lost.Untold!);
        _lost.Forget(others[1]);
        Assert.Null(_lost.Untold);

        _lost.Add("b", []);
        _lost.Add("c", Enumerable.Range(0, 100_001).Select(_ => Session().Id));
        Assert.Null(_lost.Untold);
    }

    [Fact]
    public void A_witness_that_is_gone_does_not_count()
    {
        _lost.Add("b", []);

        _lost.Follow(Members(Us, Member("c")));

        Assert.Null(_lost.Untold);
    }

    [Fact]
    public void An_answer_that_comes_after_the_decision_changes_nothing()
    {
        var down = OutOfSight with { State = MemberState.Down };
        _lost.Add("b", []);

        _lost.Follow(Members(Gone, down, Member("c") with { Reachable = false }));
        _lost.Follow(Members(Gone, down, Member("c")));

        Assert.Empty(_lost.Untold!);
    }

    [Fact]
    public void A_witness_that_leaves_does_not_count()
    {
        _lost.Add("b", []);

        _lost.Follow(Members(Us, Member("b") with { State = MemberState.Leaving }));

        Assert.Null(_lost.Untold);
    }
}

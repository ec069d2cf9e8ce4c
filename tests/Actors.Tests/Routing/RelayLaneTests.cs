using ActorSockets.Actors.Routing;

namespace ActorSockets.Actors.Tests.Routing;

public sealed class RelayLaneTests
{
    private readonly RelayLane _lane = new();
    private int _released;

    [Fact]
    public void Who_comes_when_it_is_full_goes_on_when_the_receiver_has_taken_something()
    {
        var first = Fill();
        _lane.Wait(() => _released++);
        Assert.Equal(0, _released);

        _lane.Taken(first);

        Assert.False(_lane.IsFull);
        Assert.Equal(1, _released);
    }

    [Fact]
    public void Small_messages_fill_it_too()
    {
        for (var i = 0; i < 100_000 && !_lane.IsFull; i++) _lane.Add(0);

        Assert.True(_lane.IsFull);
    }

    [Fact]
    public void Nobody_waits_for_a_receiver_that_says_nothing_for_some_looks()
    {
        Fill();
        _lane.Wait(() => _released++);

        for (var i = 1; i < RelayLane.Patience; i++) Assert.False(_lane.Look());
        Assert.Equal(0, _released);
        Assert.True(_lane.Look());

        Assert.Equal(1, _released);
        Assert.False(_lane.IsFull);
        Assert.True(_lane.HasGivenUp);
    }

    [Fact]
    public void Patience_begins_when_it_becomes_full_and_anew_with_every_sign()
    {
        for (var i = 0; i < 10; i++) _lane.Look();
        var sent = Fill();
        for (var i = 1; i < RelayLane.Patience; i++) Assert.False(_lane.Look());

        _lane.Taken(1);

        Assert.True(_lane.IsFull);
        for (var i = 1; i < RelayLane.Patience; i++) Assert.False(_lane.Look());
        _lane.Taken(sent);
        Fill();
        Assert.False(_lane.Look());
    }

    [Fact]
    public void One_that_was_given_up_is_knocked_at_now_and_then_and_in_use_again_once_its_receiver_has_caught_up()
    {
        var before = GiveUp();

        var first = _lane.Knock();
        for (var i = 1; i < RelayLane.Patience; i++) Assert.Null(_lane.Knock());
        var second = _lane.Knock();

        Assert.True(first >= before + RelayLane.SaidEvery);
        Assert.True(second >= first + RelayLane.SaidEvery);
        Assert.False(_lane.Taken(1));
        Assert.True(_lane.HasGivenUp);
        Assert.True(_lane.Taken(second!.Value));
        Assert.False(_lane.HasGivenUp);
        Assert.Null(_lane.Knock());
    }

    [Fact]
    public void One_that_is_not_full_is_not_given_up_because_its_node_is_not_reached_for_a_moment()
    {
        _lane.Add(64 * 1024);

        _lane.GiveUp();

        Assert.False(_lane.HasGivenUp);
    }

    [Fact]
    public void A_receiver_that_claims_more_than_was_sent_or_goes_back_changes_nothing_for_the_worse()
    {
        var all = Fill();

        _lane.Taken(all + 1_000_000_000);
        Assert.False(_lane.IsFull);
        _lane.Taken(0);
        Assert.False(_lane.IsFull);
    }

    [Fact]
    public void What_does_not_tell_its_place_takes_its_part_until_the_receiver_has_come_past_it()
    {
        long? asked = null;
        var questions = 0;
        while (!_lane.IsFull)
        {
            if (_lane.Count(64 * 1024) is not { } place) continue;
            (asked, questions) = (place, questions + 1);
        }

        Assert.InRange(questions, RelayLane.Window / RelayLane.SaidEvery - 1, RelayLane.Window / RelayLane.SaidEvery);
        _lane.Taken(asked!.Value);
        Assert.False(_lane.IsFull);

        // Whatever tells its place asks as well.
        _lane.Add(0);
        Assert.Null(_lane.Count(0));
    }

    private long GiveUp()
    {
        var sent = Fill();
        for (var i = 0; i < RelayLane.Patience; i++) _lane.Look();
        Assert.True(_lane.HasGivenUp);
        return sent;
    }

    private long Fill()
    {
        var sent = 0L;
        while (!_lane.IsFull) sent = _lane.Add(64 * 1024);
        return sent;
    }
}

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
        Assert.False(_lane.HasWaiting);
    }

    [Fact]
    public void Small_messages_fill_it_too()
    {
        for (var i = 0; i < 100_000 && !_lane.IsFull; i++) _lane.Add(0);

        Assert.True(_lane.IsFull);
    }

    [Fact]
    public void Nobody_waits_for_a_receiver_that_says_nothing_between_two_looks()
    {
        Fill();
        _lane.Wait(() => _released++);

        _lane.Look();
        _lane.Look();

        Assert.Equal(1, _released);
        Assert.False(_lane.IsFull);
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

    private long Fill()
    {
        var sent = 0L;
        while (!_lane.IsFull) sent = _lane.Add(64 * 1024);
        return sent;
    }
}

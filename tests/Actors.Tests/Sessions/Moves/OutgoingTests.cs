using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions.Moves;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

public sealed class OutgoingTests
{
    private readonly Outgoing _outgoing = new();

    [Fact]
    public void As_many_are_under_way_as_share_the_ways_well_in_the_order_in_which_they_came()
    {
        var all = Enumerable.Range(0, Outgoing.MostAtATime + 2).Select(_ => Wait()).ToList();

        Assert.Equal(all.Take(Outgoing.MostAtATime), Begun());
        _outgoing.Remove(all[5]);
        Assert.Equal([all[^2]], Begun());
        Assert.Equal(Outgoing.MostAtATime, _outgoing.UnderWay.Count);
    }

    [Fact]
    public void Large_ones_leave_less_room()
    {
        var (large, next) = (Wait(), Wait());
        Assert.Same(large, _outgoing.Next());
        _outgoing.Hold(large, new byte[Outgoing.MostBytesAtATime]);
        Assert.Null(_outgoing.Next());

        // The same state again takes no more room, and none when it is gone.
        _outgoing.Hold(large, new byte[Outgoing.MostBytesAtATime]);
        _outgoing.Remove(large);
        _outgoing.Remove(large);
        Assert.Same(next, _outgoing.Next());
        _outgoing.Hold(next, new byte[Outgoing.MostBytesAtATime - 1]);
        Wait();
        Assert.NotNull(_outgoing.Next());
    }

    [Fact]
    public void One_that_is_wanted_begins_out_of_turn_and_once_however_many_are_under_way()
    {
        var all = Enumerable.Range(0, Outgoing.MostAtATime + 2).Select(_ => Wait()).ToList();
        Begun();

        _outgoing.Begin(all[^2]);
        var (stranger, known) = (New(), all[0]);
        _outgoing.Begin(stranger);

        Assert.Equal(Outgoing.MostAtATime + 2, _outgoing.UnderWay.Count);
        Assert.True(_outgoing.TryFind(stranger.Id, out var found) && ReferenceEquals(found, stranger));
        foreach (var gone in new[] { stranger, known, all[1] }) _outgoing.Remove(gone);
        Assert.Equal([all[^1]], Begun());
    }

    [Fact]
    public void One_that_left_while_it_waited_has_no_turn_and_may_come_again()
    {
        var first = Wait();
        _outgoing.Remove(first);
        var again = new Moving(first.Id, ActorRefs.Nobody);
        _outgoing.Add(again);

        Assert.Equal([again], Begun());
        _outgoing.Remove(first);
        Assert.True(_outgoing.TryFind(first.Id, out _));
    }

    [Fact]
    public void Only_the_last_attempt_is_heard()
    {
        var moving = Wait();
        _outgoing.Next();
        _outgoing.Name(moving, "a.1");
        _outgoing.Name(moving, "a.2");

        Assert.False(_outgoing.TryFind("a.1", out _));
        Assert.True(_outgoing.TryFind("a.2", out _));
        _outgoing.Remove(moving);
        Assert.False(_outgoing.TryFind("a.2", out _));
    }

    private static Moving New() => new(ConnectionId.New("n0"), ActorRefs.Nobody);

    private Moving Wait()
    {
        var moving = New();
        _outgoing.Add(moving);
        return moving;
    }

    private List<Moving> Begun()
    {
        var begun = new List<Moving>();
        while (_outgoing.Next() is { } next) begun.Add(next);
        return begun;
    }
}

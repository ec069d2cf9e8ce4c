using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Tests.Routing;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Drains;

public sealed class TurnQueueTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void The_one_that_was_silent_longest_goes_first_also_when_activity_came_after_it_was_put_in()
    {
        Gen.Select(Gen.Int[1, 30], Gen.Int[0, 29].Array[0, 40]).Sample((count, talk) =>
        {
            var queue = new TurnQueue(DrainSequence.IdleFirst, _time, new Random(1));
            var transports = Enumerable.Range(0, count).Select(_ => Transport(lastInbound: Now())).ToList();
            for (var i = 0; i < count; i++) queue.Add(Member($"c{i:00}", transports[i]));
            foreach (var who in talk.Where(t => t < count)) transports[who].Activity = new TransportActivity(Now(), 0, 0, 0, 0, 0, 0, 0, 0);

            var order = Drain(queue, count).Select(m => m.Transport.Activity.LastInboundData).ToList();

            Assert.Equal(order.Order(), order);
        });
    }

    [Fact]
    public void Who_never_spoke_has_been_silent_since_the_connect()
    {
        var queue = new TurnQueue(DrainSequence.IdleFirst, _time, new Random(1));
        var connected = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromMinutes(1));
        queue.Add(new DrainMember(new ConnectionId("spoke"), Transport(lastInbound: _time.GetTimestamp()), connected));
        _time.Advance(TimeSpan.FromMinutes(1));
        queue.Add(new DrainMember(new ConnectionId("new"), Transport(), _time.GetUtcNow()));
        queue.Add(new DrainMember(new ConnectionId("silent"), Transport(), connected));

        Assert.Equal(["silent", "spoke", "new"], Drain(queue, 3).Select(m => m.Id.Value));
    }

    [Fact]
    public void The_oldest_goes_first_whatever_it_says()
    {
        var queue = new TurnQueue(DrainSequence.OldestFirst, _time, new Random(1));
        for (var i = 0; i < 5; i++) queue.Add(new DrainMember(new ConnectionId($"c{i}"), Transport(lastInbound: 100 - i), _time.GetUtcNow().AddSeconds(-i)));

        Assert.Equal(["c4", "c3", "c2", "c1", "c0"], Drain(queue, 5).Select(m => m.Id.Value));
    }

    [Fact]
    public void The_same_dice_give_the_same_random_order()
    {
        Assert.Equal(RandomOrder(7), RandomOrder(7));
        Assert.NotEqual(RandomOrder(7), RandomOrder(8));
    }

    [Theory]
    [InlineData("IdleFirst")]
    [InlineData("OldestFirst")]
    [InlineData("Random")]
    public void Who_is_busy_is_spared_until_it_is_quiet(string sequence)
    {
        var queue = new TurnQueue(Enum.Parse<DrainSequence>(sequence), _time, new Random(1));
        var busy = Transport();
        busy.Activity = busy.Activity with { Busy = true };
        var unsent = Transport();
        unsent.Activity = new TransportActivity(0, 0, 0, 0, 0, 0, 10, 1, 0);
        queue.Add(Member("busy", busy));
        queue.Add(Member("unsent", unsent));
        queue.Add(Member("quiet", Transport()));

        Assert.Equal("quiet", Next(queue)?.Id.Value);
        Assert.Null(Next(queue));
        busy.Activity = default;
        Assert.Equal("busy", Next(queue)?.Id.Value);
        Assert.Equal("unsent", Next(queue, sparing: false)?.Id.Value);
        Assert.Null(Next(queue, sparing: false));
    }

    [Fact]
    public void When_everybody_talks_the_turn_goes_to_the_idlest_of_a_few_and_not_to_nobody()
    {
        var queue = new TurnQueue(DrainSequence.IdleFirst, _time, new Random(1));
        var all = Enumerable.Range(0, 10_000).Select(i => (Transport: Transport(lastInbound: Now()), Id: $"c{i}")).ToList();
        foreach (var (transport, id) in all) queue.Add(Member(id, transport));
        foreach (var (transport, _) in all) transport.Activity = new TransportActivity(Now(), 0, 0, 0, 0, 0, 0, 0, 0);

        Assert.Equal("c0", Next(queue)?.Id.Value);
        Assert.Equal(9_999, Drain(queue, 10_000).Count);
    }

    [Fact]
    public void Who_is_ending_already_comes_out_to_be_let_go()
    {
        var queue = new TurnQueue(DrainSequence.IdleFirst, _time, new Random(1));
        var ending = Transport();
        ending.Activity = new TransportActivity(0, 0, 0, 0, 0, 0, 10, 1, 0) { Closing = true };
        queue.Add(Member("ending", ending));

        Assert.Equal("ending", Next(queue)?.Id.Value);
    }

    private string RandomOrder(int seed)
    {
        var queue = new TurnQueue(DrainSequence.Random, _time, new Random(seed));
        for (var i = 0; i < 50; i++) queue.Add(Member($"c{i}", Transport()));
        return string.Join(' ', Drain(queue, 50).Select(m => m.Id.Value));
    }

    private static List<DrainMember> Drain(TurnQueue queue, int most)
    {
        var all = new List<DrainMember>();
        while (all.Count < most && Next(queue) is { } member) all.Add(member);
        return all;
    }

    private static DrainMember? Next(TurnQueue queue, bool sparing = true)
    {
        var next = queue.Next(sparing);
        if (next is not null) next.State = MemberState.Told;
        return next;
    }

    private long Now()
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        return _time.GetTimestamp();
    }

    private DrainMember Member(string id, IConnectionTransport transport) => new(new ConnectionId(id), transport, _time.GetUtcNow());

    private static ListeningTransport Transport(long lastInbound = 0) => new() { Activity = new TransportActivity(lastInbound, 0, 0, 0, 0, 0, 0, 0, 0) };
}

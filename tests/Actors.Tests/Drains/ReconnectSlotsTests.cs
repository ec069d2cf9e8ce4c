using ActorSockets.Actors.Drains;
using CsCheck;

namespace ActorSockets.Actors.Tests.Drains;

public sealed class ReconnectSlotsTests
{
    private static readonly TimeSpan Tick = DrainPace.Tick;

    /// <summary>The whole way in virtual time: closes at their pace, each with its slot, and everybody returns when he was told to.</summary>
    [Fact]
    public void No_tenth_of_the_window_holds_more_returns_than_its_share_plus_one()
    {
        Gen.Select(Gen.Int[1, 3000], Gen.Int[1, 1500], Gen.Double[0, 60], Gen.Int).Sample((count, ticks, spread, seed) =>
        {
            var length = Tick * ticks;
            var window = length > TimeSpan.FromSeconds(spread) ? length : TimeSpan.FromSeconds(spread);

            var returns = Returns(count, length, window, seed);

            var tenth = window.TotalSeconds / 10;
            var share = count / 10.0;
            for (int first = 0, last = 0; first < returns.Count; first++)
            {
                // Any interval so long, not only the ten that begin with the drain. What the clock cannot tell apart is no crowd.
                while (last < returns.Count && returns[last] < returns[first] + tenth - 1e-6) last++;
                Assert.True(last - first <= share + 1 + 1e-9, $"{last - first} of {count} return within a tenth of {window}, from {returns[first]:0.000} s on");
            }
        });
    }

    [Fact]
    public void When_the_pace_alone_spreads_them_the_slots_shrink_to_jitter()
    {
        var slots = new ReconnectSlots(1000, TimeSpan.FromSeconds(20), new Random(1));

        for (var k = 0; k < 1000; k++)
            Assert.InRange(slots.Next(TimeSpan.FromSeconds(20.0 * k / 1000)), ReconnectSlots.Lead, ReconnectSlots.Lead + TimeSpan.FromMilliseconds(2));
    }

    [Fact]
    public void When_all_close_at_once_the_slots_alone_spread_them()
    {
        var slots = new ReconnectSlots(100, TimeSpan.FromSeconds(10), new Random(1));

        var told = Enumerable.Range(0, 100).Select(_ => slots.Next(TimeSpan.Zero).TotalSeconds - ReconnectSlots.Lead.TotalSeconds).ToList();

        for (var k = 0; k < 100; k++) Assert.InRange(told[k], k * 0.1, (k * 0.1) + 0.01);
    }

    [Fact]
    public void Nobody_is_told_to_come_back_at_once()
    {
        var slots = new ReconnectSlots(10, TimeSpan.FromSeconds(1), new Random(1));

        for (var k = 0; k < 20; k++) Assert.True(slots.Next(TimeSpan.FromMinutes(1)) >= ReconnectSlots.Soonest);
    }

    private static List<double> Returns(int count, TimeSpan length, TimeSpan window, int seed)
    {
        var pace = new DrainPace(TimeSpan.Zero, length);
        var slots = new ReconnectSlots(count, window, new Random(seed));
        var returns = new List<double>(count);
        for (var now = TimeSpan.Zero; returns.Count < count; now += Tick)
            for (var n = pace.Take(now, count - returns.Count); n > 0; n--)
                returns.Add((now + slots.Next(now)).TotalSeconds);
        returns.Sort();
        return returns;
    }
}

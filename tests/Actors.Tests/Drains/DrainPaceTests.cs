using ActorSockets.Actors.Drains;
using CsCheck;

namespace ActorSockets.Actors.Tests.Drains;

public sealed class DrainPaceTests
{
    private static readonly TimeSpan Tick = DrainPace.Tick;

    [Fact]
    public void Closes_follow_a_straight_line_to_the_last_one_at_the_end_within_one()
    {
        Gen.Select(Gen.Int[1, 20_000], Gen.Int[1, 3000]).Sample((count, ticks) =>
        {
            var pace = new DrainPace(TimeSpan.Zero, Tick * ticks);
            var left = count;
            for (var i = 0; i <= ticks; i++)
            {
                left -= pace.Take(Tick * i, left);
                var line = Math.Min(count, 1 + (count * (i / (double)ticks)));
                Assert.True(Math.Abs(count - left - line) <= 1.001, $"tick {i} of {ticks}: {count - left} of {count} closed, the line says {line:0.00}");
            }

            Assert.Equal(0, left);
        });
    }

    [Fact]
    public void Whoever_leaves_by_himself_never_makes_a_tick_larger()
    {
        Gen.Select(Gen.Int[100, 5000], Gen.Int[50, 1000], Gen.Int[0, 5].Array[1000]).Sample((count, ticks, leavers) =>
        {
            var pace = new DrainPace(TimeSpan.Zero, Tick * ticks);
            var (left, most) = (count, (int)Math.Ceiling(count / (double)ticks) + 1);
            for (var i = 0; i <= ticks; i++)
            {
                var now = pace.Take(Tick * i, left);
                Assert.InRange(now, 0, most);
                left = Math.Max(0, left - now - leavers[i % leavers.Length]);
            }

            Assert.Equal(0, left);
        });
    }

    [Fact]
    public void A_machine_that_stood_still_makes_no_burst_and_keeps_the_deadline()
    {
        var pace = new DrainPace(TimeSpan.Zero, TimeSpan.FromSeconds(20));
        var left = 10_000;
        for (var i = 0; i <= 500; i++) left -= pace.Take(Tick * i, left);

        var after = pace.Take(TimeSpan.FromSeconds(12), left);

        // 10 per tick before, 12.5 after; a late tick makes good three.
        Assert.InRange(after, 1, 40);
        left -= after;
        for (var i = 601; i <= 1000; i++)
        {
            var now = pace.Take(Tick * i, left);
            Assert.InRange(now, 11, 14);
            left -= now;
        }

        Assert.Equal(0, left);
    }

    [Fact]
    public void Ticks_that_come_late_all_the_time_cost_no_pace()
    {
        var pace = new DrainPace(TimeSpan.Zero, TimeSpan.FromSeconds(10));
        var left = 1000;
        for (var at = TimeSpan.Zero; at <= TimeSpan.FromSeconds(5); at += TimeSpan.FromMilliseconds(43)) left -= pace.Take(at, left);

        Assert.InRange(left, 496, 505);
    }

    [Fact]
    public void The_cap_holds_also_when_the_deadline_does_not()
    {
        var pace = new DrainPace(TimeSpan.Zero, TimeSpan.FromSeconds(1), perSecond: 10);
        var left = 100;
        for (var i = 0; i <= 150; i++) left -= pace.Take(Tick * i, left);

        Assert.InRange(100 - left, 30, 32);
    }

    [Fact]
    public void A_stop_with_few_connections_is_quick()
    {
        var pace = new DrainPace(TimeSpan.Zero, TimeSpan.FromHours(1), atLeast: 20);
        var left = 20;
        for (var i = 0; i <= 50; i++) left -= pace.Take(Tick * i, left);

        Assert.Equal(0, left);
    }

    [Fact]
    public void Nothing_is_closed_before_the_begin_and_one_at_it()
    {
        var pace = new DrainPace(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(25));

        Assert.Equal(0, pace.Take(TimeSpan.FromSeconds(4.99), 3));
        Assert.Equal(1, pace.Take(TimeSpan.FromSeconds(5), 3));
        Assert.Equal(0, pace.Take(TimeSpan.FromSeconds(5.02), 2));
    }
}

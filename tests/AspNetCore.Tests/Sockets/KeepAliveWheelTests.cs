using ActorSockets.AspNetCore.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Sockets;

public class KeepAliveWheelTests
{
    private readonly FakeTimeProvider _time = new();

    private sealed class Visitor(FakeTimeProvider time, Func<TimeSpan> next) : WheelEntry
    {
        public List<TimeSpan> Visits { get; } = [];

        private readonly long _start = time.GetTimestamp();

        internal override TimeSpan Visit()
        {
            Visits.Add(time.GetElapsedTime(_start));
            return next();
        }
    }

    private void Run(double seconds)
    {
        for (var i = 0; i < seconds * 4; i++) _time.Advance(KeepAliveWheel.TickLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(10)]
    [InlineData(60)]
    public void Visits_at_most_one_tick_late_and_never_early(double delay)
    {
        using var wheel = new KeepAliveWheel(_time);
        var visitor = new Visitor(_time, () => TimeSpan.FromSeconds(60));
        wheel.Add(visitor, TimeSpan.FromSeconds(delay));
        Run(delay + 1);
        var visit = Assert.Single(visitor.Visits);
        Assert.InRange(visit.TotalSeconds, delay, delay + 0.25);
    }

    [Fact]
    public void Comes_back_when_asked_to()
    {
        using var wheel = new KeepAliveWheel(_time);
        var visitor = new Visitor(_time, () => TimeSpan.FromSeconds(5));
        wheel.Add(visitor, TimeSpan.FromSeconds(1));
        Run(17);
        Assert.Equal([1, 6, 11, 16], visitor.Visits.Select(v => v.TotalSeconds));
    }

    [Fact]
    public void Nobody_who_left_is_visited()
    {
        using var wheel = new KeepAliveWheel(_time);
        var visitors = Enumerable.Range(0, 50).Select(_ => new Visitor(_time, () => TimeSpan.FromSeconds(1))).ToList();
        foreach (var visitor in visitors) wheel.Add(visitor, TimeSpan.FromSeconds(1));
        foreach (var visitor in visitors.Where((_, i) => i % 2 == 0)) wheel.Remove(visitor);
        Run(3);
        Assert.Equal(25, wheel.Count);
        Assert.All(visitors.Where((_, i) => i % 2 == 0), v => Assert.Empty(v.Visits));
        Assert.All(visitors.Where((_, i) => i % 2 == 1), v => Assert.Equal(3, v.Visits.Count));
    }

    [Fact]
    public void Who_leaves_during_its_visit_stays_away()
    {
        using var wheel = new KeepAliveWheel(_time);
        Visitor visitor = null!;
        visitor = new Visitor(_time, () =>
        {
            wheel.Remove(visitor);
            return TimeSpan.Zero;
        });
        wheel.Add(visitor, TimeSpan.Zero);
        Run(2);
        Assert.Single(visitor.Visits);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void Who_left_before_it_was_added_is_neither_visited_nor_counted()
    {
        using var wheel = new KeepAliveWheel(_time);
        var visitor = new Visitor(_time, () => TimeSpan.Zero);
        wheel.Remove(visitor);
        wheel.Add(visitor, TimeSpan.Zero);
        Run(2);
        Assert.Empty(visitor.Visits);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void One_connections_fault_does_not_stop_the_others()
    {
        using var wheel = new KeepAliveWheel(_time);
        var faulty = new Visitor(_time, () => throw new InvalidOperationException());
        var sound = new Visitor(_time, () => TimeSpan.FromSeconds(1));
        wheel.Add(faulty, TimeSpan.Zero);
        wheel.Add(sound, TimeSpan.Zero);
        Run(5);
        Assert.Single(faulty.Visits);
        Assert.True(sound.Visits.Count >= 4);
    }

    [Fact]
    public void A_late_timer_misses_nobody()
    {
        using var wheel = new KeepAliveWheel(_time);
        var visitor = new Visitor(_time, () => TimeSpan.FromSeconds(60));
        wheel.Add(visitor, TimeSpan.FromSeconds(30));
        _time.Advance(TimeSpan.FromSeconds(45));
        Assert.Single(visitor.Visits);
    }
}

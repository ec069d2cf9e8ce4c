using System.Collections.Frozen;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Observability;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Observability;

public sealed class MemoryPressureTests
{
    [Theory]
    [InlineData(false, 70, 70, false)]
    [InlineData(false, 70.1, 70, true)]
    [InlineData(true, 70, 70, true)]
    [InlineData(true, 65, 70, true)]
    [InlineData(true, 64.9, 70, false)]
    [InlineData(true, 99, 100, false)]
    [InlineData(true, 0.6, 1, true)]
    [InlineData(true, 0.4, 1, false)]
    public void Scarce_above_the_bound_and_until_five_percent_below(bool was, double percent, int bound, bool expected) =>
        Assert.Equal(expected, PressureState.Next(was, percent, bound));

    [Fact]
    public void Between_the_two_bounds_nothing_changes() =>
        Gen.Select(Gen.Bool, Gen.Double[65, 70]).Sample((was, percent) => PressureState.Next(was, percent, 70) == was);

    [Fact]
    public void The_higher_share_counts()
    {
        Assert.Equal(50, new MemoryReading(10, 100, 50, 100).Percent);
        Assert.Equal(60, new MemoryReading(60, 100, 50, 100).Percent);
        Assert.Equal(60, new MemoryReading(60, 100, null, null).Percent);
    }

    [Fact]
    public void Every_change_is_told_once_and_while_scarce_there_is_a_collection_every_ten_seconds()
    {
        var (gauge, time) = (new FakeGauge(), new FakeTimeProvider());
        using var monitor = new MemoryPressureMonitor(gauge, Settings(), time, NullLogger<MemoryPressureMonitor>.Instance);
        var told = new List<bool>();
        monitor.OnChange(told.Add);

        gauge.Percent = 80;
        for (var second = 0; second < 60; second++) Tick(monitor, time);
        Assert.Equal([true], told);
        Assert.Equal((6, 1), (gauge.Collections, gauge.Thorough));

        gauge.Percent = 60;
        for (var second = 0; second < 60; second++) Tick(monitor, time);
        Assert.Equal([true, false], told);
        Assert.Equal(6, gauge.Collections);
    }

    [Fact]
    public void Memory_that_only_a_collection_frees_does_not_refuse_for_ever()
    {
        var (gauge, time) = (new FakeGauge { FreedByCollection = 50 }, new FakeTimeProvider());
        using var monitor = new MemoryPressureMonitor(gauge, Settings(), time, NullLogger<MemoryPressureMonitor>.Instance);

        var told = new List<bool>();
        monitor.OnChange(told.Add);

        gauge.Percent = 90;
        Tick(monitor, time);
        Tick(monitor, time);

        Assert.Equal([true, false], told);
    }

    [Fact]
    public void Collections_that_stop_the_process_become_rare_while_they_free_nothing()
    {
        var (gauge, time) = (new FakeGauge { Percent = 80 }, new FakeTimeProvider());
        using var monitor = new MemoryPressureMonitor(gauge, Settings(), time, NullLogger<MemoryPressureMonitor>.Instance);

        for (var minute = 1; minute <= 31; minute++)
        {
            for (var second = 0; second < 60; second++) Tick(monitor, time);
            // After 1, 2, 4, 8, 8, 8 minutes.
            Assert.Equal(minute switch { < 3 => 1, < 7 => 2, < 15 => 3, < 23 => 4, < 31 => 5, _ => 6 }, gauge.Thorough);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void They_come_once_a_minute_again_when_they_free_something_or_the_pressure_was_over(bool over)
    {
        var (gauge, time) = (new FakeGauge { Percent = 90 }, new FakeTimeProvider());
        using var monitor = new MemoryPressureMonitor(gauge, Settings(), time, NullLogger<MemoryPressureMonitor>.Instance);
        for (var second = 0; second < 60; second++) Tick(monitor, time);
        Assert.Equal(1, gauge.Thorough);

        if (over) gauge.Percent = 50;
        else gauge.FreedByThorough = 2;
        for (var second = 0; second < (over ? 10 : 120); second++) Tick(monitor, time);
        if (over) gauge.Percent = 90;
        Assert.Equal(over ? 1 : 2, gauge.Thorough);

        for (var second = 0; second < 60; second++) Tick(monitor, time);
        Assert.Equal(over ? 2 : 3, gauge.Thorough);
    }

    [Fact]
    public async Task It_looks_once_a_second()
    {
        var (gauge, time) = (new FakeGauge { Percent = 90 }, new FakeTimeProvider());
        using var monitor = new MemoryPressureMonitor(gauge, Settings(), time, NullLogger<MemoryPressureMonitor>.Instance);
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        monitor.OnChange(high => told.TrySetResult(high));

        await monitor.StartAsync(CancellationToken.None);
        // The background task starts its clock some time after StartAsync returned.
        while (!told.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await monitor.StopAsync(CancellationToken.None);
        Assert.True(await told.Task);
    }

    [Fact]
    public void The_real_gauge_reads_a_share() => Assert.InRange(new MemoryGauge().Read().Percent, 0.0001, 100);

    private static void Tick(MemoryPressureMonitor monitor, FakeTimeProvider time)
    {
        monitor.Sample();
        time.Advance(TimeSpan.FromSeconds(1));
    }

    private static Live<NodeSettings> Settings() => new(new NodeSettings(
        new LimitOptions(), new TimerOptions(), new SecurityOptions(), new DrainOptions(), FrozenDictionary<string, HubSettings>.Empty, FrozenDictionary<string, int>.Empty));

    private sealed class FakeGauge : IMemoryGauge
    {
        internal double Percent { get; set; }

        internal double FreedByCollection { get; init; }

        internal double FreedByThorough { get; set; }

        internal int Collections { get; private set; }

        internal int Thorough { get; private set; }

        public MemoryReading Read() => new((long)(Percent * 10), 1000, null, null);

        public void Collect(bool thorough)
        {
            Collections++;
            if (thorough) Thorough++;
            Percent -= FreedByCollection + (thorough ? FreedByThorough : 0);
        }
    }
}

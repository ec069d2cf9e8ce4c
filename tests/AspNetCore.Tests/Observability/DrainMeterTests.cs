using ActorSockets.Actors.Drains;

namespace ActorSockets.AspNetCore.Tests.Observability;

public class DrainMeterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Counts_what_remains_of_all_drains_and_what_they_closed_by_outcome()
    {
        using var probe = new MetricsProbe();
        var drains = probe.Metrics.Drains;

        drains.Stands(View("a", DrainState.Running, new DrainProgress(10, 10, 0, 0, 0, 0, 0, 0, default, 0)));
        drains.Stands(View("b", DrainState.Scheduled, new DrainProgress(99, 99, 0, 0, 0, 0, 0, 0, default, 0)));
        Assert.Equal(10, probe.Sums["actorsockets.drain.remaining{}"]);

        drains.Stands(View("b", DrainState.Running, new DrainProgress(5, 5, 0, 0, 0, 0, 0, 0, default, 0)));
        drains.Stands(View("a", DrainState.Running, new DrainProgress(10, 4, 2, 2, 1, 0, 0, 1, default, 0)));
        Assert.Equal(11, probe.Sums["actorsockets.drain.remaining{}"]);

        drains.Stands(View("a", DrainState.Completed, new DrainProgress(10, 0, 0, 5, 2, 2, 0, 1, default, 0)));
        drains.Stands(View("b", DrainState.Cancelled, new DrainProgress(5, 4, 1, 0, 0, 0, 0, 0, default, 0)));
        Assert.Equal(0, probe.Sums["actorsockets.drain.remaining{}"]);
        Assert.Equal(
            (5, 2, 2),
            (probe.Sums["actorsockets.drain.closed{outcome=clean}"], probe.Sums["actorsockets.drain.closed{outcome=aborted}"], probe.Sums["actorsockets.drain.closed{outcome=overdue}"]));
    }

    private static DrainView View(string id, DrainState state, DrainProgress progress) =>
        new(id, state, new DrainOrder(), Now, new DrainPlan(progress.Total, 1, Now, Now, Now, Now), progress, []);
}

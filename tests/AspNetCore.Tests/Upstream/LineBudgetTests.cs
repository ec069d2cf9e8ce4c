using ActorSockets.AspNetCore.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class LineBudgetTests
{
    [Fact]
    public void An_outage_writes_some_lines_a_second_and_counts_the_rest()
    {
        var time = new FakeTimeProvider();
        var budget = new LineBudget();

        var written = Enumerable.Range(0, 1000).Count(_ => budget.TryTake(time.GetTimestamp(), time, out var _));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(LineBudget.PerSecond, written);
        Assert.True(budget.TryTake(time.GetTimestamp(), time, out var silent));
        Assert.Equal(1000 - LineBudget.PerSecond, silent);
        Assert.True(budget.TryTake(time.GetTimestamp(), time, out silent));
        Assert.Equal(0, silent);
    }
}

using ActorSockets.AspNetCore.Hosting;

namespace ActorSockets.AspNetCore.Tests.Hosting;

public sealed class OrderlyStopTests
{
    [Theory]
    [InlineData(2, 5)]
    [InlineData(30, 15)]
    [InlineData(3600, 60)]
    public void The_drains_have_half_of_the_deadline_to_begin_within_bounds(int deadline, int patience) =>
        Assert.Equal(TimeSpan.FromSeconds(patience), OrderlyStop.Patience(TimeSpan.FromSeconds(deadline)));
}

using ActorSockets.Actors.Supervision;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Supervision;

public sealed class ConnectRateTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_rate_of_0_is_no_limit()
    {
        var rate = new ConnectRate(_time);
        for (var i = 0; i < 1000; i++) Assert.Null(rate.Take(0, 0));
    }

    [Fact]
    public void Without_a_burst_one_second_worth_may_come_at_once()
    {
        var rate = new ConnectRate(_time);
        for (var i = 0; i < 5; i++) Assert.Null(rate.Take(5, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(200), rate.Take(5, 0));
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Null(rate.Take(5, 0));
        Assert.NotNull(rate.Take(5, 0));
    }

    [Fact]
    public void A_new_rate_is_in_force_at_once()
    {
        var rate = new ConnectRate(_time);
        for (var i = 0; i < 100; i++) Assert.Null(rate.Take(100, 0));
        Assert.NotNull(rate.Take(100, 0));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Null(rate.Take(1, 0));
        Assert.NotNull(rate.Take(1, 0));
    }

    [Fact]
    public void Never_more_than_burst_and_rate_allow() => Gen.Select(Gen.Int[1, 50], Gen.Int[0, 50], Gen.Int[0, 300].Array[1, 200]).Sample((perSecond, burst, pauses) =>
    {
        var time = new FakeTimeProvider();
        var rate = new ConnectRate(time);
        var taken = 0;
        var elapsed = 0;
        foreach (var pause in pauses)
        {
            time.Advance(TimeSpan.FromMilliseconds(pause));
            elapsed += pause;
            var wait = rate.Take(perSecond, burst);
            if (wait is null) taken++;
            else
            {
                // Who waits as long as told is let in.
                time.Advance(wait.Value + TimeSpan.FromMilliseconds(1));
                elapsed += (int)Math.Ceiling(wait.Value.TotalMilliseconds) + 1;
                Assert.Null(rate.Take(perSecond, burst));
                taken++;
            }

            Assert.InRange(taken, 0, (burst > 0 ? burst : perSecond) + (elapsed / 1000.0 * perSecond) + 1e-6);
        }
    });
}

using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Sockets;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Sockets;

public class LifeSignsTests
{
    private static readonly TimerOptions Timers = new();

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void Asks_a_peer_that_was_silent_for_the_interval()
    {
        var verdict = new LifeSigns { SinceLife = Seconds(25) }.Judge(Timers);
        Assert.Equal(new LifeVerdict(LifeAction.Ping, Seconds(10)), verdict);
    }

    [Fact]
    public void Comes_back_exactly_when_the_interval_is_over()
    {
        var verdict = new LifeSigns { SinceLife = Seconds(20) }.Judge(Timers);
        Assert.Equal(new LifeVerdict(LifeAction.None, Seconds(5)), verdict);
    }

    [Fact]
    public void Loses_a_peer_that_was_asked_and_stayed_silent()
    {
        var early = new LifeSigns { SinceLife = Seconds(34), SincePing = Seconds(9) }.Judge(Timers);
        var late = new LifeSigns { SinceLife = Seconds(35), SincePing = Seconds(10) }.Judge(Timers);
        Assert.Equal(new LifeVerdict(LifeAction.None, Seconds(1)), early);
        Assert.Equal(LifeAction.Lost, late.Action);
    }

    [Fact]
    public void Any_life_after_the_ping_answers_it()
    {
        var verdict = new LifeSigns { SinceLife = Seconds(8), SincePing = Seconds(10) }.Judge(Timers);
        Assert.Equal(new LifeVerdict(LifeAction.None, Seconds(17)), verdict);
    }

    [Fact]
    public void Believes_a_download_at_20_KB_per_second()
    {
        // 1 MB went into the kernel at once; the ping is the last byte of it and arrives 52 s later.
        var allowance = LifeSigns.AllowanceFor(1 << 20);
        var verdict = new LifeSigns { SinceLife = Seconds(25 + 52), SincePing = Seconds(52), PingAllowance = allowance }.Judge(Timers);
        Assert.Equal(LifeAction.None, verdict.Action);
        Assert.Equal(Seconds(64), allowance);
    }

    [Fact]
    public void Gives_no_verdict_on_a_peer_we_do_not_read()
    {
        var verdict = new LifeSigns { SinceLife = Seconds(110), SincePing = Seconds(100), SincePause = Seconds(90), SinceMessageBegan = Seconds(90) }.Judge(Timers);
        Assert.Equal(new LifeVerdict(LifeAction.None, Seconds(25)), verdict);
    }

    [Fact]
    public void A_pause_has_an_end()
    {
        var verdict = new LifeSigns { SinceLife = Seconds(120), SincePause = Seconds(120) }.Judge(Timers);
        Assert.Equal(LifeAction.PausedTooLong, verdict.Action);
    }

    [Fact]
    public void A_message_has_an_end_however_lively_the_peer_is()
    {
        var early = new LifeSigns { SinceLife = Seconds(0), SinceMessageBegan = Seconds(58) }.Judge(Timers);
        var late = new LifeSigns { SinceLife = Seconds(0), SinceMessageBegan = Seconds(60) }.Judge(Timers);
        Assert.Equal(new LifeVerdict(LifeAction.None, Seconds(2)), early);
        Assert.Equal(LifeAction.MessageTooSlow, late.Action);
    }

    [Fact]
    public void Nothing_is_asked_when_keep_alive_is_off()
    {
        var off = Timers with { KeepAliveInterval = TimeSpan.Zero };
        Assert.Equal(LifeAction.None, new LifeSigns { SinceLife = TimeSpan.FromHours(9) }.Judge(off).Action);
    }

    [Fact]
    public void The_next_visit_is_never_later_than_anything_that_may_begin_before_it() =>
        Gen.Select(Gen.Double[0, 200], Gen.Double[0, 100], Gen.Double[0, 70], Gen.Int[0, 7]).Sample((life, ping, message, which) =>
        {
            var verdict = new LifeSigns
            {
                SinceLife = Seconds(life),
                SincePing = (which & 1) != 0 ? Seconds(ping) : null,
                SinceMessageBegan = (which & 2) != 0 ? Seconds(message) : null,
                SincePause = (which & 4) != 0 ? Seconds(ping) : null,
            }.Judge(Timers);
            Assert.InRange(verdict.NextVisit, TimeSpan.Zero, LifeSigns.Period(Timers));
        });
}

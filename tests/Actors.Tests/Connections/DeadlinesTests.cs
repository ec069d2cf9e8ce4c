using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Connections;

public sealed class DeadlinesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Gen<TimeSpan> OffOrSeconds = Gen.Int[0, 600].Select(s => s < 100 ? TimeSpan.Zero : TimeSpan.FromSeconds(s));

    private static readonly Gen<TimerOptions> AnyTimers =
        Gen.Select(OffOrSeconds, OffOrSeconds, OffOrSeconds, OffOrSeconds, OffOrSeconds, Gen.Enum<IdleCounts>(), Gen.Double[0, 1], Gen.Bool, (idle, pressed, life, warning, grace, counts, dither, ends) =>
            new TimerOptions { Idle = idle, IdleUnderPressure = pressed, MaxLifetime = life, SessionWarning = warning, SessionGrace = grace, IdleCounts = counts, LifetimeDither = dither, EndOnTokenExpiry = ends });

    private static readonly Gen<Moment> AnyMoment =
        Gen.Select(AnyTimers, Gen.Int[0, 600], Gen.Int[0, 600], Gen.Int[0, 600], Gen.Int[-100, 900], Gen.Double[0, 0.999], Gen.Bool, Gen.Bool, (timers, age, inbound, outbound, expiry, dice, warned, pressure) =>
            new Moment(timers, age, inbound, outbound, expiry, dice, warned, pressure));

    [Fact]
    public void The_nearest_is_never_later_than_any_single_reason() => AnyMoment.Sample(moment =>
    {
        var nearest = moment.Nearest();
        var reasons = moment.Reasons().ToArray();
        if (nearest is null) Assert.Empty(reasons);
        else if (nearest.Value.IsDue) Assert.Contains(reasons, r => r.Cause == nearest.Value.Cause && r.Left <= TimeSpan.FromMilliseconds(1));
        else Assert.Equal(reasons.Min(r => r.Left).TotalSeconds, nearest.Value.Left.TotalSeconds, 3);
    });

    [Fact]
    public void Waiting_as_long_as_told_makes_exactly_that_reason_due() => AnyMoment.Where(m => m.Nearest() is { IsDue: false }).Sample(moment =>
    {
        var nearest = moment.Nearest()!.Value;
        moment.Time.Advance(nearest.Left);
        var then = moment.Nearest()!.Value;
        Assert.True(then.Left <= TimeSpan.FromMilliseconds(1));
    });

    [Fact]
    public void Data_that_counts_never_brings_a_deadline_nearer() => AnyMoment.Sample(moment =>
    {
        var before = moment.Nearest();
        var after = moment.Nearest(moment.Activity with { LastInboundData = moment.Time.GetTimestamp(), LastOutboundData = moment.Time.GetTimestamp() });
        Assert.Equal(before is null, after is null);
        if (before is { IsDue: false }) Assert.True(after!.Value.Left >= before.Value.Left);
    });

    [Fact]
    public void Of_two_that_are_due_an_end_goes_before_a_warning()
    {
        var timers = new TimerOptions { SessionWarning = TimeSpan.FromSeconds(30), Idle = TimeSpan.FromSeconds(10), MaxLifetime = TimeSpan.FromSeconds(10), LifetimeDither = 0 };
        Assert.Equal(DeadlineCause.SessionEnd, new Moment(timers, 100, 0, 0, -100, 0, false, false).Nearest()!.Value.Cause);
        Assert.Equal(DeadlineCause.MaxLifetime, new Moment(timers, 10, 0, 0, 0, 0, false, false).Nearest()!.Value.Cause);
        Assert.Equal(DeadlineCause.SessionWarning, new Moment(timers with { Idle = TimeSpan.Zero, MaxLifetime = TimeSpan.Zero }, 10, 0, 0, 0, 0, false, false).Nearest()!.Value.Cause);
    }

    [Theory]
    [InlineData(600, 60, false, 600)]
    [InlineData(600, 60, true, 60)]
    [InlineData(30, 60, true, 30)]
    [InlineData(600, 0, true, 600)]
    [InlineData(0, 60, false, null)]
    [InlineData(0, 60, true, 60)]
    public void Under_pressure_the_shorter_idle_time_counts(int idle, int pressed, bool pressure, int? expected)
    {
        var timers = new TimerOptions { Idle = TimeSpan.FromSeconds(idle), IdleUnderPressure = TimeSpan.FromSeconds(pressed) };
        Assert.Equal(expected, (int?)Deadlines.IdleLimit(timers, pressure)?.TotalSeconds);
    }

    [Fact]
    public void Lifetimes_are_shortened_at_random_and_never_lengthened() => Gen.Select(Gen.Double[0, 1], Gen.Double[0, 0.999]).Sample((dither, dice) =>
    {
        var timers = new TimerOptions { MaxLifetime = TimeSpan.FromHours(1), LifetimeDither = dither };
        Assert.InRange(Deadlines.Lifetime(timers, dice), timers.MaxLifetime * (1 - dither), timers.MaxLifetime);
    });

    [Fact]
    public void A_token_that_never_expires_does_not_overflow()
    {
        var hub = Make.Settings().Hub(Make.Hub);
        Assert.Equal(DateTimeOffset.MaxValue, Deadlines.SessionEndsAt(hub, TimeSpan.FromSeconds(30), DateTimeOffset.MaxValue));
    }

    [Fact]
    public void A_session_whose_client_is_away_is_kept_as_long_as_it_may_last() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[0, 300], Gen.Int[-100, 400], Gen.Bool).Sample((retention, away, expiry, ends) =>
        {
            var time = new FakeTimeProvider(Start);
            var lost = time.GetTimestamp();
            time.Advance(TimeSpan.FromSeconds(away));
            var hub = Make.Settings(timers: new() { EndOnTokenExpiry = ends, SessionGrace = TimeSpan.FromSeconds(10) }).Hub(Make.Hub);
            var nearest = Deadlines.WhileAway(hub, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(retention), lost, Start.AddSeconds(expiry), time);

            var (kept, authorized) = (retention - away, ends ? expiry + 40 - away : int.MaxValue);
            var expired = authorized <= 0 || authorized < kept;
            Assert.Equal(expired ? DeadlineCause.SessionEnd : DeadlineCause.Retention, nearest.Cause);
            Assert.Equal(expired ? authorized : kept, nearest.Left.TotalSeconds, 3);
        });

    /// <summary>One session at one moment; times in seconds. Inbound and outbound 0 mean never.</summary>
    private sealed record Moment(TimerOptions Timers, int Age, int Inbound, int Outbound, int Expiry, double Dice, bool Warned, bool Pressure)
    {
        private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
        private readonly FakeTimeProvider _time = new(Start);
        private TransportActivity? _activity;
        private long _opened;

        internal FakeTimeProvider Time => _time;

        internal TransportActivity Activity
        {
            get
            {
                if (_activity is { } known) return known;
                // The clock starts when the session opens and stops at the moment that is looked at.
                _opened = _time.GetTimestamp();
                long At(int second) => second == 0 || second > Age ? 0 : _opened + (_time.TimestampFrequency * second);
                _activity = new TransportActivity(At(Inbound), At(Outbound), 0, 0, 0, 0, 0, 0, 0);
                _time.Advance(TimeSpan.FromSeconds(Age));
                return _activity.Value;
            }
        }

        private HubSettings Hub => Make.Settings(timers: Timers).Hub(Make.Hub);

        private DateTimeOffset AuthorizedUntil => Start + TimeSpan.FromSeconds(Expiry);

        internal Deadline? Nearest() => Nearest(Activity);

        internal Deadline? Nearest(TransportActivity activity) => Deadlines.Nearest(Hub, Skew, new SessionClock(_opened, Dice, AuthorizedUntil, Warned, Pressure), activity, _time);

        /// <summary>Every single reason, computed in the plainest way.</summary>
        internal IEnumerable<(DeadlineCause Cause, TimeSpan Left)> Reasons()
        {
            var activity = Activity;
            var age = _time.GetUtcNow() - Start;
            var ends = TimeSpan.FromSeconds(Expiry) + Skew + Timers.SessionGrace - age;
            if (Timers.EndOnTokenExpiry == true) yield return (DeadlineCause.SessionEnd, ends);
            if (Timers.EndOnTokenExpiry == true && !Warned && Timers.SessionWarning > TimeSpan.Zero) yield return (DeadlineCause.SessionWarning, ends - Timers.SessionWarning);
            if (Timers.MaxLifetime > TimeSpan.Zero) yield return (DeadlineCause.MaxLifetime, Timers.MaxLifetime * (1 - Timers.LifetimeDither * Dice) - age);
            if (Deadlines.IdleLimit(Timers, Pressure) is not { } idle) yield break;
            var last = Timers.IdleCounts switch
            {
                IdleCounts.Inbound => activity.LastInboundData,
                IdleCounts.Outbound => activity.LastOutboundData,
                _ => Math.Max(activity.LastInboundData, activity.LastOutboundData),
            };
            yield return (DeadlineCause.Idle, idle - _time.GetElapsedTime(last == 0 ? _opened : last));
        }
    }
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;
using BenchmarkDotNet.Attributes;

namespace ActorSockets.Bench.Micro;

/// <summary>What a connection's actor computes when its deadline fires: once per idle period, not per message.</summary>
[MemoryDiagnoser]
public class DeadlinesBenchmarks
{
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly HubSettings _plain = Hub(new TimerOptions()), _everything = Hub(new TimerOptions { MaxLifetime = TimeSpan.FromHours(8) });
    private SessionClock _anonymous, _authorized;
    private TransportActivity _activity;

    [GlobalSetup]
    public void Begin()
    {
        var now = _time.GetTimestamp();
        _anonymous = new SessionClock(now, 0.3, null, Warned: false, UnderPressure: false);
        _authorized = _anonymous with { AuthorizedUntil = _time.GetUtcNow().AddHours(1) };
        _activity = default(TransportActivity) with { LastInboundData = now };
    }

    [Benchmark(Baseline = true)]
    public bool Idle_alone() => Deadlines.Nearest(_plain, TimeSpan.Zero, _anonymous, _activity, _time) is { IsDue: true };

    [Benchmark]
    public bool Idle_lifetime_and_token() => Deadlines.Nearest(_everything, TimeSpan.FromSeconds(30), _authorized, _activity, _time) is { IsDue: true };

    private static HubSettings Hub(TimerOptions timers) => new("chat", new LimitOptions(), timers, EndOnTokenExpiry: true);
}

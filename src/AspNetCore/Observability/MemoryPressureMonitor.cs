using ActorSockets.Actors.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>Looks at the memory once a second and says when it becomes scarce and when it is no longer.</summary>
internal sealed partial class MemoryPressureMonitor(IMemoryGauge gauge, Live<NodeSettings> settings, TimeProvider time, ILogger<MemoryPressureMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenCollections = TimeSpan.FromSeconds(10);

    // Mostly in the background; once a minute with a pause, because only that gives memory back to the control group. When it
    // gave little, live sessions hold the memory, and stopping them all again would help nobody: twice as long until the next.
    private const int ThoroughEvery = 6;
    private const int ThoroughAtLeastEvery = 48;
    private const double WorthAPause = 1;

    private Action<bool>? _changed;
    private bool _high;
    private int _sinceThorough;
    private int _thoroughEvery = ThoroughEvery;
    private long? _lastCollection;

    /// <summary>The last reading.</summary>
    public MemoryReading Reading { get; private set; } = gauge.Read();

    /// <summary>Calls back on every change; must return at once. To be set before the start.</summary>
    public void OnChange(Action<bool> callback) => _changed += callback;

    /// <summary>One look.</summary>
    internal void Sample()
    {
        Reading = gauge.Read();
        var bound = settings.Current.Limits.MemoryHighPercent;
        var high = PressureState.Next(_high, Reading.Percent, bound);
        if (high != _high)
        {
            _high = high;
            if (high) LogHigh(logger, Reading.Percent, bound);
            else LogNormal(logger, Reading.Percent, bound);
            _changed?.Invoke(high);
        }

        if (high) Collect();
        else (_sinceThorough, _thoroughEvery) = (0, ThoroughEvery);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(Period, time);
        try
        {
            while (await clock.WaitForNextTickAsync(stoppingToken)) Sample();
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    // A node that refuses newcomers allocates little, so no collection would come by itself and the pressure would never end.
    private void Collect()
    {
        if (_lastCollection is { } last && time.GetElapsedTime(last) < BetweenCollections) return;
        _lastCollection = time.GetTimestamp();
        if (++_sinceThorough < _thoroughEvery)
        {
            gauge.Collect(thorough: false);
            return;
        }

        _sinceThorough = 0;
        gauge.Collect(thorough: true);
        var freed = Reading.Percent - gauge.Read().Percent;
        _thoroughEvery = freed < WorthAPause ? Math.Min(_thoroughEvery * 2, ThoroughAtLeastEvery) : ThoroughEvery;
    }

    [LoggerMessage(EventIds.MemoryHigh, LogLevel.Warning, "Memory is scarce: {Percent:F1} % used, more than {Bound} %; new connections are refused and idle ones go sooner")]
    private static partial void LogHigh(ILogger logger, double percent, int bound);

    [LoggerMessage(EventIds.MemoryNormal, LogLevel.Information, "Memory is no longer scarce: {Percent:F1} % used, the bound is {Bound} %")]
    private static partial void LogNormal(ILogger logger, double percent, int bound);
}

using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Tests.Admin;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.AspNetCore.Tests.Observability;

/// <summary>The instruments of one test with somebody who listens to them.</summary>
internal sealed class MetricsProbe : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();

    public MetricsProbe(bool listen = true, params string[] hubs)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        Settings = new Live<NodeSettings>(Samples.Settings(hubs));
        Metrics = new GatewayMetrics(meters, new HubTag(Settings));
        if (!listen) return;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags));
        _listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags));
        _listener.Start();
    }

    public Live<NodeSettings> Settings { get; }

    public GatewayMetrics Metrics { get; }

    /// <summary>Sums as <c>name{tag=value}</c>.</summary>
    public ConcurrentDictionary<string, double> Sums { get; } = new();

    /// <summary>Adds what is counted elsewhere and only asked for. Once, because it comes as totals.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var names = new List<string>();
        foreach (var tag in tags) names.Add($"{tag.Key}={tag.Value}");
        Sums.AddOrUpdate($"{instrument.Name}{{{string.Join(',', names.Order())}}}", value, (_, sum) => sum + value);
    }
}

using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Sockets;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ActorSockets.AspNetCore.Observability;

internal static class ObservabilityRegistration
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Metrics, spans, health and the cap on categories that print secrets.</summary>
    internal static IServiceCollection AddGatewayObservability(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddMetrics();
        services.AddListenerRouting();
        services.AddSecretLogCap();
        services.TryAddSingleton<HubTag>();
        services.TryAddSingleton<GatewayMetrics>();
        services.TryAddSingleton<ITransportMeter>(p => p.GetRequiredService<GatewayMetrics>().Transport);

        // ASP.NET Core's own instrumentation stays out: its spans carry url.query, and with it access tokens.
        var telemetry = services.AddOpenTelemetry()
            .WithMetrics(m => m.AddMeter(TelemetryNames.Source).AddPrometheusExporter());
        if (string.IsNullOrWhiteSpace(configuration[OtlpEndpoint])) return services;
        telemetry.WithMetrics(m => m.AddOtlpExporter());
        telemetry.WithTracing(t => t.AddSource(TelemetryNames.Source).AddOtlpExporter());
        return services;
    }

    /// <summary>The actors that listen to the node's facts.</summary>
    internal static void StartLifecycleListeners(ActorSystem system, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(system);
        var metrics = services.GetRequiredService<GatewayMetrics>();
        system.ActorOf(LifecycleListener.Props(metrics, services.GetRequiredService<ILogger<LifecycleListener>>()), "lifecycle");
        system.ActorOf(DeadLetterCounter.Props(metrics), "dead-letters");
    }

    /// <summary>The same for Akka.Hosting.</summary>
    internal static AkkaConfigurationBuilder WithLifecycleListeners(this AkkaConfigurationBuilder akka, IServiceProvider services) =>
        akka.WithActors((system, _) => StartLifecycleListeners(system, services));

    /// <summary><c>/metrics</c> and <c>/healthz</c>, on admin listeners only.</summary>
    internal static void MapGatewayObservability(this IEndpointRouteBuilder endpoints)
    {
        endpoints.RequireListenerRouting();
        endpoints.MapPrometheusScrapingEndpoint("/metrics").OnlyOn(ListenerKind.Admin);
        endpoints.MapHealth();
    }
}

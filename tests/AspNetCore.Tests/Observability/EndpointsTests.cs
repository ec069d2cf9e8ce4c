using System.Net;
using System.Text.Json;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Tests.Admin;
using Akka.Actor;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace ActorSockets.AspNetCore.Tests.Observability;

public class EndpointsTests
{
    [Fact]
    public async Task Live_needs_nobody_to_answer()
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Equal("""{"status":"live","reasons":[]}""", await host.Admin.GetStringAsync("/healthz/live"));
    }

    [Theory]
    [InlineData(true, false, 200, "")]
    [InlineData(false, false, 503, "draining")]
    [InlineData(true, true, 503, "overloaded")]
    [InlineData(false, true, 503, "draining,overloaded")]
    public async Task Ready_says_why_not(bool accepting, bool pressure, int status, string reasons)
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => Samples.Census(accepting: accepting, pressure: pressure);

        using var response = await host.Admin.GetAsync("/healthz/ready");

        Assert.Equal(status, (int)response.StatusCode);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(status == 200 ? "ready" : "not-ready", body.GetProperty("status").GetString());
        Assert.Equal(reasons, string.Join(',', body.GetProperty("reasons").EnumerateArray().Select(r => r.GetString())));
    }

    [Fact]
    public async Task A_supervisor_that_stays_silent_is_not_ready()
    {
        await using var host = await AdminHost.StartAsync();

        using var response = await host.Admin.GetAsync("/healthz/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("no-answer", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        await using var host = await AdminHost.StartAsync();
        ObservabilityRegistration.StartLifecycleListeners(host.System, host.Services);
        var listener = await host.System.ActorSelection("/user/lifecycle").ResolveOne(TimeSpan.FromSeconds(60));
        await listener.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(60));
        host.System.EventStream.Publish(new LifecycleEvents.Opened(Samples.Session()));
        host.System.EventStream.Publish(new LifecycleEvents.Ended(Samples.Ended(EndingCatalogue.IdleTimeout)));
        await listener.Ask<ActorIdentity>(new Identify(2), TimeSpan.FromSeconds(60));

        var text = await host.Admin.GetStringAsync("/metrics");

        Assert.Matches("actorsockets_connections_ended[^\n]*category=\"idle-timeout\"[^\n]*hub=\"chat\"", text);
        Assert.Contains("actorsockets_connection_duration_seconds_bucket", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ann", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http://127.0.0.1:4317", true)]
    public void Spans_are_exported_only_where_somebody_collects_them(string? endpoint, bool traced)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]).Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddGatewayObservability(configuration).BuildServiceProvider();

        Assert.Equal(traced, services.GetService<TracerProvider>() is not null);
    }

    [Fact]
    public void Admin_routes_cannot_be_mapped_where_nothing_keeps_them_off_the_public_listener()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        using var app = (IDisposable)builder.Build();

        Assert.Throws<InvalidOperationException>(() => ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).MapAdminApi());
    }
}

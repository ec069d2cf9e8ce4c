using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.DataPlane;
using ActorSockets.AspNetCore.Tests.Admin;

namespace ActorSockets.AspNetCore.Tests.Observability;

/// <summary>Alone: the meter of any gateway of this process listens to all instruments of that name, and what it allocates would count here.</summary>
[Collection(Alone.Name)]
public class GatewayMetricsTests
{
    [Fact]
    public void Counts_under_the_names_of_the_contract()
    {
        using var probe = new MetricsProbe(true, "chat");

        probe.Metrics.Opened("chat");
        probe.Metrics.Opened("chat");
        probe.Metrics.Ended(Samples.Ended(EndingCatalogue.IdleTimeout));
        probe.Metrics.Refused(new Refusal("full", 503, "Full."));
        probe.Metrics.DeadLetter();
        probe.Metrics.Transport.MessageReceived(10);
        probe.Metrics.Transport.MessageSent(20);
        probe.Metrics.Transport.MessageDropped();
        probe.Observe();

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["actorsockets.connections{hub=chat}"] = 1,
                ["actorsockets.connections.opened{hub=chat}"] = 2,
                ["actorsockets.connections.ended{category=idle-timeout,ending=idle-timeout,hub=chat}"] = 1,
                ["actorsockets.transports.ended{cause=clean}"] = 1,
                ["actorsockets.connection.duration{}"] = 300,
                ["actorsockets.connections.refused{refusal=full}"] = 1,
                ["actorsockets.dead_letters{}"] = 1,
                ["actorsockets.messages{direction=in}"] = 1,
                ["actorsockets.messages{direction=out}"] = 1,
                ["actorsockets.message.bytes{direction=in}"] = 10,
                ["actorsockets.message.bytes{direction=out}"] = 20,
                ["actorsockets.messages.dropped{}"] = 1,
            }.OrderBy(p => p.Key, StringComparer.Ordinal),
            probe.Sums.OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("SendToGroup", 202, "operation=send-to-group,status=2xx")]
    [InlineData("ConnectionExists", 404, "operation=connection-exists,status=4xx")]
    [InlineData("RenewSession", 503, "operation=renew-session,status=5xx")]
    [InlineData(null, 405, "operation=unknown,status=4xx")]
    public void Calls_of_the_data_plane_are_measured_by_operation_and_class_of_status(string? operation, int status, string tags)
    {
        using var probe = new MetricsProbe();

        probe.Metrics.DataPlaneCalled(operation is null ? null : Enum.Parse<Operation>(operation), status, TimeSpan.FromSeconds(2));

        Assert.Equal(new KeyValuePair<string, double>($"actorsockets.data_plane.duration{{{tags}}}", 2), Assert.Single(probe.Sums));
    }

    [Fact]
    public void A_socket_that_leaves_its_session_behind_is_counted_once_and_by_what_that_meant()
    {
        using var probe = new MetricsProbe(true, "chat");

        probe.Metrics.Opened("chat");
        probe.Metrics.TransportLeft(Samples.Ended(EndingCatalogue.ConnectionLost) with { Fate = TransportFate.Detached });
        probe.Metrics.TransportLeft(Samples.Ended(EndingCatalogue.MaxLifetime) with { Fate = TransportFate.Moved });
        Assert.Equal(1, probe.Sums["actorsockets.connections{hub=chat}"]);
        probe.Metrics.Ended(Samples.Ended(EndingCatalogue.MaxLifetime) with { WasDetached = true });

        Assert.Equal(
            ["actorsockets.transports.ended{cause=detached}", "actorsockets.transports.ended{cause=moved}"],
            probe.Sums.Keys.Where(k => k.StartsWith("actorsockets.transports", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(0, probe.Sums["actorsockets.connections{hub=chat}"]);
        probe.Metrics.Moved("chat", here: true);
        Assert.Equal((1, 1), (probe.Sums["actorsockets.connections{hub=chat}"], probe.Sums["actorsockets.connections.opened{hub=chat}"]));
        probe.Metrics.Moved("chat", here: false);
        Assert.Equal(0, probe.Sums["actorsockets.connections{hub=chat}"]);
    }

    [Fact]
    public void A_hub_that_is_not_configured_is_other()
    {
        using var probe = new MetricsProbe(true, "chat");

        probe.Metrics.Opened("made-up-by-somebody");
        probe.Metrics.Ended(Samples.Ended(hub: "made-up-by-somebody"));

        Assert.Equal(0, probe.Sums["actorsockets.connections{hub=other}"]);
        Assert.DoesNotContain(probe.Sums.Keys, k => k.Contains("made-up", StringComparison.Ordinal));
    }

    [Fact]
    public void A_session_that_outlives_its_hub_is_subtracted_where_it_was_added()
    {
        using var probe = new MetricsProbe(true, "chat");

        probe.Metrics.Opened("chat");
        probe.Settings.Publish(Samples.Settings());
        probe.Metrics.Ended(Samples.Ended());

        Assert.Equal(0, probe.Sums["actorsockets.connections{hub=chat}"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Counting_a_message_allocates_nothing(bool listened)
    {
        using var probe = new MetricsProbe(listen: false);
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (i, l) =>
        {
            if (listened && i.Meter.Name == "ActorSockets") l.EnableMeasurementEvents(i);
        };
        listener.SetMeasurementEventCallback<long>(static (_, _, _, _) => { });
        listener.Start();
        Count(probe, 1000);

        // A collection in between counts up to 8 KB to the thread that it took it from; what allocates would do so in every round.
        var least = Enumerable.Range(0, 10).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Count(probe, 1000);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }

    private static void Count(MetricsProbe probe, int times)
    {
        for (var i = 0; i < times; i++)
        {
            probe.Metrics.Transport.MessageReceived(64);
            probe.Metrics.Transport.MessageSent(64);
            probe.Metrics.Transport.MessageDropped();
        }
    }
}

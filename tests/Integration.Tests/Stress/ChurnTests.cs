using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>Whoever comes and goes ten thousand times leaves what was there after the first thousand.</summary>
public sealed class ChurnTests(ITestOutputHelper output)
{
    private const int AtOnce = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Nothing_grows_while_connections_come_and_go()
    {
        await using var gateway = await GatewayHost.StartAsync(
            null,
            services => services.Configure<LoggerFilterOptions>(o => (o.MinLevel, o.CaptureScopes) = (LogLevel.Warning, false)),
            ("Endings:History", "500"));
        await ChurnAsync(gateway, 1000);
        var before = await LookAsync(gateway);

        await ChurnAsync(gateway, 9000);

        // Cancelled deadlines stay in the scheduler's wheel for one turn of it, and TCP takes its time, so the last look counts.
        var after = before;
        try
        {
            await Eventually.TrueAsync(async () => (after = await LookAsync(gateway)).IsNoMoreThan(before), "nothing has grown", Patience);
        }
        finally
        {
            output.WriteLine($"{before}\n{after}");
        }

        await Eventually.TrueAsync(async () => (await Scrape.OfAsync(gateway)).Sum("actorsockets_connections_ended_total") >= 10_000, "the metrics have every ending", Patience);
        Assert.Equal(10_000, (await Scrape.OfAsync(gateway)).Sum("actorsockets_connections_ended_total", "ending=\"client-closed\""));
        Assert.Empty(gateway.Log.Unexpected());
    }

    private static Task ChurnAsync(GatewayHost gateway, int cycles) =>
        Parallel.ForEachAsync(Enumerable.Range(0, cycles), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            using var client = await RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, "/client/hubs/echo");
            if (i % 2 == 0)
            {
                await client.SendTextAsync("hello");
                Assert.Equal("hello", (await client.ReadPastPingsAsync())!.Text);
            }

            await client.SendCloseAsync(1000);
            Assert.Equal(1000, (await client.ReadToCloseAsync())!.CloseCode);
        });

    private static async Task<Look> LookAsync(GatewayHost gateway)
    {
        await Eventually.TrueAsync(async () => await gateway.ConnectionsAsync() == 0, "all have gone", Patience);
        var children = (ActorRefWithCell)gateway.Services.GetRequiredService<NodeActors>().Supervisor;
        return new Look(
            gateway.Services.GetRequiredService<KeepAliveWheel>().Count,
            children.Children.Count(),
            (await Scrape.OfAsync(gateway)).Sum("actorsockets_dead_letters_total"),
            Directory.GetFileSystemEntries("/proc/self/fd").Length,
            Timer.ActiveCount,
            Heap.Live());
    }

    private sealed record Look(int InWheel, int Children, double DeadLetters, int Descriptors, long Timers, long Heap)
    {
        // The process does other things too: the admin client's own connections, Kestrel's and the pool's caches.
        public bool IsNoMoreThan(Look before) =>
            InWheel == 0 && Children == 0 && DeadLetters <= before.DeadLetters && Descriptors <= before.Descriptors + 8 &&
            Timers <= before.Timers + 8 && Heap <= before.Heap + (4 * Stress.Heap.Megabyte);
    }
}

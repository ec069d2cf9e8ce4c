using System.Diagnostics;
using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>
/// Slow is not dead, with the timers as they are by default and with the real clock: the kernel's buffers are part of the
/// question. The same rules with a moved clock are in <c>KeepAliveTests</c>, and run everywhere.
/// </summary>
public sealed class ThinLineTests
{
    private const int Megabyte = 1024 * 1024;
    private const int BytesPerSecond = 20 * 1024;

    // The shortest time in which a megabyte fits through such a line is 51 s; throttling has to go on for two minutes.
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(125);

    [SkippableFact]
    [Trait("speed", "slow")]
    public async Task Throttled_uploading_and_downloading_clients_survive_the_default_timers()
    {
        Skip.If(Environment.GetEnvironmentVariable("CI") is null, "skipped: takes two minutes of real time, set CI=true to run it");
        await using var gateway = await GatewayHost.StartAsync(
            null,
            services => services.Configure<LoggerFilterOptions>(o => (o.MinLevel, o.CaptureScopes) = (LogLevel.Warning, false)),
            ("Hubs:throttled:Handler", "none"), ("Hubs:throttled:Anonymous", "true"), ("Hubs:throttled:Limits:BytesPerSecond", "2000"), ("Hubs:throttled:Limits:MessagesPerSecond", "5"),
            ("Hubs:up:Handler", "none"), ("Hubs:up:Anonymous", "true"), ("Hubs:down:Handler", "none"), ("Hubs:down:Anonymous", "true"));
        using var throttled = await SlowReader.ConnectAsync(gateway.PublicEndPoint, "/client/hubs/throttled", null);
        using var uploading = await SlowReader.ConnectAsync(gateway.PublicEndPoint, "/client/hubs/up", null);
        using var small = await SlowReader.ConnectAsync(gateway.PublicEndPoint, "/client/hubs/down", 4096);
        using var large = await SlowReader.ConnectAsync(gateway.PublicEndPoint, "/client/hubs/down", null);
        await gateway.UntilListedAsync(4);
        var sent = await gateway.Services.GetRequiredService<IHubSender>().SendToHubAsync("down", OutboundMessage.Binary(new byte[Megabyte]));
        Assert.Equal(2, sent.Queued);
        var clock = Stopwatch.StartNew();
        bool Over() => clock.Elapsed > Length;

        var flood = FloodAsync(throttled);
        var upload = UploadAsync(uploading);
        PacedReader[] readers = [new(throttled, BytesPerSecond), new(uploading, BytesPerSecond), new(small, BytesPerSecond), new(large, BytesPerSecond)];
        await Task.WhenAll(readers.Select(r => r.ReadAsync(Over)));

        Assert.All(readers, r => Assert.False(r.Closed));
        Assert.Equal([0, 0, 1, 1], readers.Select(r => r.Messages));
        Assert.Equal(4, await gateway.ConnectionsAsync());
        Assert.False(flood.IsCompleted, "the flood was not held back at all");
        await upload;
        var up = (await gateway.GetAsync("/admin/v1/connections?hub=up"))["value"]![0]!;
        Assert.Equal(1, (int)up["messagesIn"]!);
        Assert.Equal(Megabyte, (int)up["bytesIn"]!);
        var slowed = (await gateway.GetAsync("/admin/v1/connections?hub=throttled"))["value"]![0]!;
        Assert.InRange((int)slowed["messagesIn"]!, 100, (5 * (int)Length.TotalSeconds) + 60);
        Assert.Empty((await gateway.GetAsync("/admin/v1/endings"))["value"]!.AsArray());
        throttled.Reset();
        await Assert.ThrowsAnyAsync<Exception>(() => flood);
    }

    /// <summary>Never pauses; only TCP holds it back.</summary>
    private static async Task FloodAsync(RawWebSocketClient client)
    {
        var message = RawWebSocketClient.Frame(RawWebSocketClient.Binary, new byte[400]);
        while (true) await client.SendBytesAsync(message);
    }

    private static async Task UploadAsync(RawWebSocketClient client)
    {
        var frame = RawWebSocketClient.Frame(RawWebSocketClient.Binary, new byte[Megabyte]).AsMemory();
        using var step = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (frame.Length > 0 && await step.WaitForNextTickAsync())
        {
            var part = frame[..Math.Min(frame.Length, BytesPerSecond / 10)];
            await client.SendBytesAsync(part);
            frame = frame[part.Length..];
        }
    }
}

using System.Diagnostics;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Processes;

/// <summary>What SIGTERM does.</summary>
public sealed class StopTests
{
    private const int Clean = 0;
    private const int EndedBySignal = 143;

    [SkippableFact]
    public async Task Everybody_is_told_and_the_exit_is_clean()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGTERM");
        await using var gateway = new GatewayProcess();
        await gateway.ServeAsync();
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < 20; i++) clients.Add(await ConnectAsync(gateway));

        await gateway.TerminateAsync();

        foreach (var client in clients)
        {
            var close = await client.ReadToCloseAsync();
            Assert.Equal((1001, "shutdown"), (close?.CloseCode, close?.CloseText));
            await client.SendCloseAsync(1001);
            Assert.True(await client.ReadToEndAsync());
            client.Dispose();
        }

        Assert.Equal(Clean, await gateway.ExitAsync());
        Assert.Empty(gateway.Errors);
    }

    [SkippableFact]
    public async Task A_client_that_never_answers_does_not_keep_the_process()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGTERM");
        await using var gateway = new GatewayProcess();
        await gateway.ServeAsync("ActorSockets:Timers:CloseHandshake=00:00:01", "ActorSockets:Drain:Deadline=00:00:20");
        using var silent = await ConnectAsync(gateway);
        var clock = Stopwatch.StartNew();

        await gateway.TerminateAsync();

        Assert.Equal(1001, (await silent.ReadToCloseAsync())?.CloseCode);
        Assert.Equal(Clean, await gateway.ExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
    }

    [SkippableFact]
    public async Task A_second_signal_ends_it_at_once()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGTERM");
        await using var gateway = new GatewayProcess();
        await gateway.ServeAsync("ActorSockets:Timers:CloseHandshake=00:05:00", "ActorSockets:Drain:Deadline=00:11:00");
        using var silent = await ConnectAsync(gateway);

        await gateway.TerminateAsync();
        Assert.Equal(1001, (await silent.ReadToCloseAsync())?.CloseCode);
        await gateway.TerminateAsync();

        Assert.Equal(EndedBySignal, await gateway.ExitAsync());
    }

    private static async Task<RawWebSocketClient> ConnectAsync(GatewayProcess gateway)
    {
        var client = await RawWebSocketClient.ConnectAsync(gateway.Public, "/client/hubs/echo");
        Assert.Equal(101, client.Status);
        return client;
    }
}

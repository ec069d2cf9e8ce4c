using System.Diagnostics;
using ActorSockets.Crowd;
using ActorSockets.Integration.Tests.Stress;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Processes;

/// <summary>What SIGTERM does.</summary>
public sealed class StopTests
{
    private const int Clean = 0;
    private const int Overdue = 3;
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

        // All of them listen: whose turn comes first is not known, and the answer has its time.
        await Task.WhenAll(clients.Select(async client =>
        {
            var close = await client.ReadToCloseAsync();
            Assert.Equal(1001, close?.CloseCode);
            Assert.StartsWith("shutdown; retry-after-ms=", close?.CloseText, StringComparison.Ordinal);
            await client.SendCloseAsync(1001);
            Assert.True(await client.ReadToEndAsync());
            client.Dispose();
        }));

        Assert.Equal(Clean, await gateway.ExitAsync());
        Assert.Empty(gateway.Errors);
    }

    [SkippableFact]
    public async Task A_client_that_never_answers_does_not_keep_the_process()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGTERM");
        await using var gateway = new GatewayProcess();
        await gateway.ServeAsync("ActorSockets:Timers:CloseHandshake=00:00:01", "ActorSockets:Drain:Deadline=00:02:00");
        using var silent = await ConnectAsync(gateway);
        var clock = Stopwatch.StartNew();

        await gateway.TerminateAsync();

        Assert.Equal(1001, (await silent.ReadToCloseAsync())?.CloseCode);
        Assert.Equal(Clean, await gateway.ExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(60));
    }

    [SkippableFact]
    public async Task An_interrupt_begins_the_orderly_stop_too()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGINT");
        await using var gateway = new GatewayProcess();
        await gateway.ServeAsync();

        await gateway.SignalAsync("INT");

        Assert.Equal(Clean, await gateway.ExitAsync());
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

    [SkippableFact]
    public async Task Five_thousand_are_told_each_with_a_slot_of_its_own_and_the_exit_is_clean()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGTERM");
        const int members = 5000;
        await using var gateway = new GatewayProcess();
        await gateway.ServeAsync("ActorSockets:Drain:Deadline=00:00:27", "ActorSockets:Timers:CloseHandshake=00:00:12", "Logging:LogLevel:Default=Warning");
        using var crowd = CrowdProcess.Start(gateway.Public.Port, members, Manner.Kicked, "echo");
        Assert.Equal($"here {members} of {members} ", await crowd.ComeAsync());
        crowd.Leave();
        var clock = Stopwatch.StartNew();

        await gateway.TerminateAsync();

        var partings = await crowd.PartingsAsync();
        Assert.Equal(members, partings.GetValueOrDefault((Manner.Kicked, "1001")));
        Assert.Equal(Clean, await gateway.ExitAsync());
        Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(14), TimeSpan.FromSeconds(60));
        Assert.Empty(gateway.Errors);
    }

    [SkippableFact]
    public async Task Who_is_cut_at_the_deadline_before_its_turn_makes_the_exit_code_3()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGTERM");
        await using var gateway = new GatewayProcess();
        await gateway.ServeAsync("ActorSockets:Drain:Deadline=00:00:05", "ActorSockets:Timers:CloseHandshake=00:00:00.500");
        var clients = new List<RawWebSocketClient>();
        for (var i = 0; i < 100; i++) clients.Add(await ConnectAsync(gateway));

        // The machine stands still from the first close frame until the deadline is over.
        var closes = clients.Select(c => c.ReadToCloseAsync()).ToList();
        await gateway.TerminateAsync();
        await Task.WhenAny(closes);
        await gateway.SignalAsync("STOP");
        using var stall = new PeriodicTimer(TimeSpan.FromSeconds(6));
        await stall.WaitForNextTickAsync();
        await gateway.SignalAsync("CONT");

        Assert.Equal(Overdue, await gateway.ExitAsync());
        var cut = (await Task.WhenAll(closes)).Count(c => c is null);
        Assert.InRange(cut, 1, 99);
        foreach (var client in clients) client.Dispose();
    }

    private static async Task<RawWebSocketClient> ConnectAsync(GatewayProcess gateway)
    {
        var client = await RawWebSocketClient.ConnectAsync(gateway.Public, "/client/hubs/echo");
        Assert.Equal(101, client.Status);
        return client;
    }
}

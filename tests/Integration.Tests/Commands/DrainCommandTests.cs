using ActorSockets.Gateway;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Commands;

/// <summary>Drains from the command line to the sockets and back.</summary>
public sealed class DrainCommandTests
{
    [Fact]
    public async Task A_drain_of_the_node_is_watched_to_its_end_and_the_node_serves_again_when_told()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var @operator = new Operator(gateway);
        var clients = await ClientsAsync(gateway, 5);
        var leaving = clients.Select(LeaveAsync).ToArray();

        await @operator.DoesAsync("drain", "--deadline", "8s", "--reconnect-spread", "30s");

        Assert.All(await Task.WhenAll(leaving), text => Assert.Matches("^1012 maintenance; retry-after-ms=[0-9]+$", text));
        Assert.Matches("^Drain .+: 5 connections, [0-9.]+ a second, from ", @operator.Lines[0]);
        Assert.Matches("^Drain .+ completed after .+: 5 of 5 connections gone, 5 clean, 0 aborted, 0 overdue, 0 moved, 0 left$", @operator.Lines[^1]);
        await @operator.DoesAsync("nodes");
        Assert.Contains("\tdrained\t", @operator.Output, StringComparison.Ordinal);
        using (var refused = await gateway.ConnectAsync()) Assert.Equal(503, refused.Status);

        await @operator.DoesAsync("nodes", "serve");
        Assert.EndsWith("is serving", @operator.Lines[0], StringComparison.Ordinal);
        using var back = await gateway.ConnectAsync();
        Assert.Equal(101, back.Status);
    }

    [Fact]
    public async Task Json_is_the_drain_as_it_ended_and_the_history_names_it()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var @operator = new Operator(gateway);
        var leaving = (await ClientsAsync(gateway, 2)).Select(LeaveAsync).ToArray();

        await @operator.DoesAsync("drain", "--select", "hub=echo", "--deadline", "8s", "--code", "4002", "--reason", "moving house", "--json");

        Assert.All(await Task.WhenAll(leaving), text => Assert.Equal("4002 moving house", text));
        var drain = @operator.Json;
        Assert.Equal(("completed", 2), ((string?)drain["state"], (int?)drain["progress"]!["clean"]));
        Assert.Equal((string?)drain["id"], (string?)(await gateway.EndingAsync("ending=maintenance"))["drain"]);
        Assert.Equal("serving", (string?)(await gateway.GetAsync("/admin/v1/nodes/self"))["state"]);
        Assert.Contains(gateway.Log.Lines, l => l.Text.Contains($"loopback called drain on hub echo (drain {drain["id"]}, ending maintenance): 2 changed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_person_at_a_terminal_sees_it_go_on()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var @operator = new Operator(gateway) { Terminal = true };
        var leaving = (await ClientsAsync(gateway, 3)).Select(LeaveAsync).ToArray();

        await @operator.DoesAsync("drain", "--select", "hub=echo", "--deadline", "8s");

        await Task.WhenAll(leaving);
        Assert.Contains("3 of 3 connections gone, 3 clean", @operator.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_does_nothing()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var @operator = new Operator(gateway);
        var clients = await ClientsAsync(gateway, 2);

        await @operator.DoesAsync("drain", "--dry-run", "--deadline", "1m");

        Assert.StartsWith("It would be so: 2 connections, ", @operator.Output, StringComparison.Ordinal);
        await @operator.DoesAsync("drains");
        Assert.Single(@operator.Lines);
        foreach (var client in clients) await client.EchoAsync();
        foreach (var client in clients) await client.LeaveAsync();
    }

    [Fact]
    public async Task A_drain_is_paused_resumed_and_cancelled_and_its_watcher_told()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var watcher = new Operator(gateway);
        using var @operator = new Operator(gateway);
        var clients = await ClientsAsync(gateway, 3);
        await @operator.DoesAsync("drain", "--deadline", "1h", "--start-at", "1h", "--no-wait", "--json");
        var id = (string)@operator.Json["id"]!;
        Assert.Equal("scheduled", (string?)@operator.Json["state"]);
        await @operator.DoesAsync("drains", "cancel", id);
        Assert.Contains("cancelled", @operator.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Conflict, await @operator.RunAsync("drains", "pause", id));

        await @operator.DoesAsync("drain", "--deadline", "1h", "--no-wait", "--json");
        id = (string)@operator.Json["id"]!;
        var watching = watcher.RunAsync("drains", "watch", id);
        await @operator.DoesAsync("drains", "pause", id);
        Assert.Contains($"Drain {id} paused: ", @operator.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Conflict, await @operator.RunAsync("drains", "pause", id));
        await @operator.DoesAsync("drains", "resume", id);
        await @operator.DoesAsync("drains", "show", id);
        Assert.Contains("order\tidleFirst", @operator.Lines);
        await @operator.DoesAsync("drains");
        Assert.Equal(3, @operator.Lines.Length);
        await @operator.DoesAsync("drains", "cancel", id);

        Assert.Equal(ExitCodes.Cancelled, await watching.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("cancelled after", watcher.Output, StringComparison.Ordinal);
        Assert.Equal("serving", (string?)(await gateway.GetAsync("/admin/v1/nodes/self"))["state"]);
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task Who_stops_watching_stops_nothing_and_is_told_how_to()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var watcher = new Operator(gateway);
        var clients = await ClientsAsync(gateway, 3);
        var watching = watcher.RunAsync("drain", "--deadline", "1h");
        await Eventually.TrueAsync(() => watcher.Output.Contains("Drain ", StringComparison.Ordinal), "the drain has begun");

        await watcher.Interrupt.CancelAsync();

        Assert.Equal(ExitCodes.Interrupted, await watching.WaitAsync(TimeSpan.FromSeconds(60)));
        var drain = (await gateway.GetAsync("/admin/v1/drains"))["value"]![0]!;
        Assert.Contains($"the drain goes on. Cancel it with: drains cancel {drain["id"]} --admin http://127.0.0.1:", watcher.Errors, StringComparison.Ordinal);
        Assert.Equal("running", (string?)drain["state"]);
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task All_that_match_are_closed_by_selector()
    {
        await using var gateway = await GatewayHost.StartAsync(("AccessKeys:0", GatewayCalls.AccessKey));
        using var @operator = new Operator(gateway);
        using var ann = await gateway.ConnectAsAsync("ann");
        using var bob = await gateway.ConnectAsAsync("bob");
        await gateway.ListedAsync(2);
        var left = LeaveAsync(ann);

        await @operator.DoesAsync("close", "--select", "hub=echo", "--select", "user=ann", "--deadline", "8s");

        Assert.StartsWith("1000 server-closed", await left, StringComparison.Ordinal);
        Assert.Contains("1 of 1 connections gone, 1 clean", @operator.Output, StringComparison.Ordinal);
        await bob.EchoAsync();
        await bob.LeaveAsync();
    }

    [Theory]
    [InlineData("--deadline: cannot be kept; the shortest possible is 00:00:", "drain", "--deadline", "100ms")]
    [InlineData("--select all: cannot be given together with conditions", "drain", "--confirm", "all", "--select", "hub=echo", "--select", "all")]
    [InlineData("--confirm: is missing", "drain", "--select", "all")]
    [InlineData("--rolling: needs a cluster", "drain", "--rolling")]
    [InlineData("--ending: must be one of maintenance", "drain", "--ending", "banned")]
    [InlineData("--refuse-new: ", "drain", "--select", "hub=echo", "--refuse-new", "true")]
    [InlineData("--select user: needs hub", "close", "--select", "user=ann")]
    [InlineData("--per-second: must be a number more than 0", "drain", "--per-second", "0")]
    public async Task A_refused_order_names_the_option(string fault, params string[] args)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var @operator = new Operator(gateway);
        using var client = await gateway.ConnectAsync();
        await gateway.ListedAsync(1);

        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync(args));

        Assert.Contains(fault, @operator.Errors, StringComparison.Ordinal);
        await client.LeaveAsync();
    }

    [Theory]
    [InlineData("show")]
    [InlineData("watch")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    public async Task A_drain_that_is_not_there_is_said_to_be_none(string verb)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var @operator = new Operator(gateway);

        Assert.Equal(ExitCodes.NotFound, await @operator.RunAsync("drains", verb, "none"));

        Assert.Contains("There is no drain 'none'", @operator.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_that_goes_away_is_missed_by_the_watcher()
    {
        var gateway = await GatewayHost.StartAsync();
        using var watcher = new Operator(gateway);
        var watching = watcher.RunAsync("drain", "--select", "hub=echo", "--start-at", "1h");
        await Eventually.TrueAsync(() => watcher.Output.Contains("Drain ", StringComparison.Ordinal), "the drain is planned");

        await gateway.DisposeAsync();

        var exit = await watching.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(exit is ExitCodes.Unreachable or ExitCodes.Cancelled, $"{exit}: {watcher.Errors}");
    }

    private static async Task<RawWebSocketClient[]> ClientsAsync(GatewayHost gateway, int count)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => gateway.ConnectAsync()));
        await gateway.ListedAsync(count);
        return clients;
    }

    /// <summary>A polite client: its close frame in words.</summary>
    private static async Task<string> LeaveAsync(RawWebSocketClient client)
    {
        var close = await client.ReadToCloseAsync();
        await client.SendCloseAsync(close!.CloseCode ?? 1000);
        Assert.True(await client.ReadToEndAsync());
        client.Dispose();
        return $"{close.CloseCode} {close.CloseText}";
    }
}

using ActorSockets.Gateway;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Commands;

/// <summary>Every command but those of drains, against a gateway.</summary>
public sealed class CommandTests
{
    private const string Key = "an-operators-key-that-nobody-may-see-0123456789";
    private const string ReadKey = "a-readers-key-that-nobody-may-see-0123456789";

    [Fact]
    public async Task Nodes_are_listed_and_shown()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var @operator = new Operator(gateway);

        await @operator.DoesAsync("nodes");
        Assert.Equal(2, @operator.Lines.Length);
        Assert.StartsWith("node\tstate\tconnections", @operator.Lines[0], StringComparison.Ordinal);
        Assert.Contains("\tserving\t0\t0\t", @operator.Lines[1], StringComparison.Ordinal);

        await @operator.DoesAsync("nodes", "show");
        Assert.Contains("state\tserving", @operator.Lines);
        Assert.Contains("limits:maxConnections\t100000", @operator.Lines);

        await @operator.DoesAsync("nodes", "show", "self", "--json");
        Assert.Equal("serving", (string?)@operator.Json["state"]);

        Assert.Equal(ExitCodes.NotFound, await @operator.RunAsync("nodes", "show", "elsewhere"));
        Assert.Contains("There is no node 'elsewhere'", @operator.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotFound, await @operator.RunAsync("nodes", "show", ".."));
        Assert.Equal(ExitCodes.NotFound, await @operator.RunAsync("nodes", "show", "../connections"));
    }

    [Fact]
    public async Task Connections_are_listed_shown_and_closed()
    {
        await using var gateway = await GatewayHost.StartAsync(("AccessKeys:0", GatewayCalls.AccessKey));
        using var @operator = new Operator(gateway);
        using var ann = await gateway.ConnectAsAsync("ann");
        using var bob = await gateway.ConnectAsAsync("bob");
        var id = (string)(await gateway.ListedAsync(1, "hub=echo&user=ann"))[0]!["id"]!;
        await gateway.ListedAsync(2);

        await @operator.DoesAsync("connections", "--select", "hub=echo", "--select", "user=ann");
        Assert.Equal(2, @operator.Lines.Length);
        await @operator.DoesAsync("connections", "--hub", "echo", "--user", "ann", "--select", "node=self");
        Assert.Equal(2, @operator.Lines.Length);
        Assert.StartsWith($"{id}\techo\tann\t127.0.0.1\topen", @operator.Lines[1], StringComparison.Ordinal);
        Assert.Contains("1 of 1 connections", @operator.Errors, StringComparison.Ordinal);

        await @operator.DoesAsync("connections", "--limit", "1");
        Assert.Contains("1 of 2 connections; the next: --cursor ", @operator.Errors, StringComparison.Ordinal);
        await @operator.DoesAsync("connections", "--limit", "1", "--cursor", @operator.Errors.Split("--cursor ")[1].Trim(), "--json");
        Assert.Single(@operator.Json["value"]!.AsArray());

        await @operator.DoesAsync("connections", "show", id);
        Assert.Contains("user\tann", @operator.Lines);

        await @operator.DoesAsync("close", id, "--code", "4001", "--reason", "bye & thanks");
        var close = await ann.ReadToCloseAsync();
        Assert.Equal((4001, "bye & thanks"), (close?.CloseCode, close?.CloseText));

        Assert.Equal(ExitCodes.NotFound, await @operator.RunAsync("close", "nobody"));
        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("close", id, "--code", "1006"));
        Assert.Contains("--code: must be 1000, 1001", @operator.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("connections", "--select", "user=ann"));
        Assert.Contains("needs hub", @operator.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("connections", "--user", "ann"));
        Assert.Contains("--user: needs hub: a user is always one of a hub.", @operator.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("connections", "--hub", "echo", "--select", "hub=chat"));
        Assert.Contains("--hub: may be given once.", @operator.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("connections", "--limit", "0"));
        Assert.Contains("--limit: must be a number from 1 to 1000", @operator.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endings_are_found()
    {
        await using var gateway = await GatewayHost.StartAsync(("AccessKeys:0", GatewayCalls.AccessKey));
        using var @operator = new Operator(gateway);
        using (var ann = await gateway.ConnectAsAsync("ann")) await ann.LeaveAsync();
        await gateway.EndingAsync("user=ann");

        await @operator.DoesAsync("endings", "--hub", "echo", "--user", "ann", "--since", "10m", "--limit", "5");
        Assert.Contains("\techo\tann\t127.0.0.1\tclient-closed\t1000\tclean\t", Assert.Single(@operator.Lines[1..]), StringComparison.Ordinal);
        await @operator.DoesAsync("endings", "--ending", "banned");
        Assert.Single(@operator.Lines);
        await @operator.DoesAsync("endings", "catalogue");
        Assert.Equal(26, @operator.Lines.Length);

        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("endings", "--ending", "gone"));
        Assert.Contains("--ending: must be one of client-closed", @operator.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_are_shown_changed_and_forgotten()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var @operator = new Operator(gateway);

        await @operator.DoesAsync("limits", "put", "Limits:MaxConnections=5", "Hubs:echo:Timers:Idle=00:01:00");
        Assert.Equal(["hubs:echo:timers:idle *\t00:01:00", "limits:maxConnections *\t5"], @operator.Lines);
        await @operator.DoesAsync("limits");
        Assert.Contains("limits:maxConnections *\t5", @operator.Lines);
        Assert.Contains("hubs:echo:timers:idle *\t00:01:00", @operator.Lines);
        Assert.Contains("timers:idle\t00:10:00", @operator.Lines);
        await @operator.DoesAsync("limits", "delete");
        Assert.Equal(["Nothing is set by the API; the files apply"], @operator.Lines);
        await @operator.DoesAsync("limits", "delete", "--json");
        Assert.Equal(100000, (int?)@operator.Json["limits"]!["maxConnections"]);

        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("limits", "put", "Limits:MaxConections=5", "Timers:Idle=soon", "Hubs:ecko:Limits:MaxConnections=1", "Limts:MaxConnections=1"));
        Assert.Contains("ActorSockets:Limits:MaxConections: \"5\": is not a known key; allowed here: MaxConnections", @operator.Errors, StringComparison.Ordinal);
        Assert.Contains("ActorSockets:Timers:Idle: \"soon\": must be a duration", @operator.Errors, StringComparison.Ordinal);
        Assert.Contains("ActorSockets:Hubs:ecko:Handler: is missing, so there is no hub 'ecko'", @operator.Errors, StringComparison.Ordinal);
        Assert.Contains("ActorSockets:Limts: is not a known section; allowed here: Limits", @operator.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bans_are_put_listed_and_lifted_and_the_history_says_why()
    {
        await using var gateway = await GatewayHost.StartAsync(("AccessKeys:0", GatewayCalls.AccessKey));
        using var @operator = new Operator(gateway);
        using var ann = await gateway.ConnectAsAsync("ann");

        await @operator.DoesAsync("bans", "put", "user:echo/ann", "--for", "5m", "--reason", "floods");
        await @operator.DoesAsync("bans");
        Assert.StartsWith("user:echo/ann\t", @operator.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith("\tfloods", @operator.Lines[1], StringComparison.Ordinal);
        Assert.Equal("banned", (await ann.ReadToCloseAsync())?.CloseText);
        await ann.SendCloseAsync(1008);
        Assert.Equal("floods", (string?)(await gateway.EndingAsync("ending=banned"))["note"]);
        await @operator.DoesAsync("bans", "delete", "user:echo/ann");

        Assert.Equal(ExitCodes.NotFound, await @operator.RunAsync("bans", "delete", "user:echo/ann"));
        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("bans", "put", "ann", "--for", "5m"));
        Assert.Contains("subject: must be ip:ADDRESS", @operator.Errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Misconfigured, await @operator.RunAsync("bans", "put", "user:echo/ann", "--for", "0s"));
        Assert.Contains("--for: must be more than 0", @operator.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_needed_where_there_are_keys_and_never_shown()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("Admin:Keys:ops:Key", Key), ("Admin:Keys:ops:Access", "operate"), ("Admin:Keys:look:Key", ReadKey), ("Admin:Keys:look:Access", "read"));
        using var nobody = new Operator(gateway);
        using var stranger = new Operator(gateway, "a-key-of-somebody-else-0123456789-0123456789");
        using var reader = new Operator(gateway, ReadKey);
        using var @operator = new Operator(gateway, Key);

        Assert.Equal(ExitCodes.NotAllowed, await nobody.RunAsync("nodes"));
        Assert.Equal(ExitCodes.NotAllowed, await stranger.RunAsync("nodes"));
        Assert.Contains("not one of the admin keys", stranger.Errors, StringComparison.Ordinal);
        await reader.DoesAsync("nodes");
        Assert.Equal(ExitCodes.NotAllowed, await reader.RunAsync("limits", "put", "Limits:MaxConnections=5"));
        Assert.Equal(ExitCodes.NotAllowed, await reader.RunAsync("drain"));
        await @operator.DoesAsync("limits", "put", "Limits:MaxConnections=5");
        await nobody.DoesAsync("limits", "--key", ReadKey);

        Assert.DoesNotContain("-0123456789", stranger.Errors + @operator.Output + nobody.Output + nobody.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_gateway_is_said_to_be_none()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var lost = new Operator(gateway.Public);

        Assert.Equal(ExitCodes.Failed, await lost.RunAsync("nodes"));
        Assert.Contains("is not the admin API of a gateway. Name its admin listener with --admin.", lost.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_the_admin_listener_alone_leads_to_the_page()
    {
        await using var gateway = await GatewayHost.StartAsync(("Admin:Keys:ops:Key", Key), ("Admin:Keys:ops:Access", "operate"));

        using var page = await gateway.Admin.GetAsync("/");

        Assert.Equal("/try", page.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.True(page.IsSuccessStatusCode);
    }
}

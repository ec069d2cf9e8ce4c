using ActorSockets.Gateway.Commands;

namespace ActorSockets.Gateway.Tests.Commands;

public class CommandLineTests
{
    [Theory]
    [InlineData("--ActorSockets:Limits:MaxConnections=5")]
    [InlineData("--environment", "Development")]
    [InlineData("/urls", "http://127.0.0.1:8080")]
    [InlineData("ActorSockets:Hubs:echo:Handler=echo")]
    [InlineData("--ActorSockets:State:Path", "drain")]
    [InlineData]
    public void Settings_start_a_gateway(params string[] args) => Assert.False(CommandLine.IsMeant(args));

    [Theory]
    [InlineData("drain")]
    [InlineData("drian")]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--version")]
    [InlineData("--ActorSockets:Limits:MaxConnections=5", "drain")]
    [InlineData("--ActorSockets:Limits:MaxConnections", "5", "drain")]
    [InlineData("--ActorSockets:Limits:MaxConnections")]
    [InlineData("-x")]
    [InlineData("--json")]
    [InlineData("--json", "nodes")]
    [InlineData("--json", "--help")]
    [InlineData("--json", "--admin", "http://127.0.0.1:1", "nodes")]
    [InlineData("--admin", "http://127.0.0.1:1", "--json", "nodes")]
    [InlineData("--admin", "http://127.0.0.1:1", "nodes")]
    [InlineData("--admin=http://127.0.0.1:1", "nodes")]
    [InlineData("--key", "secret", "nodes")]
    [InlineData("--abort", "close", "id")]
    public void Anything_else_does_not(params string[] args) => Assert.True(CommandLine.IsMeant(args));

    [Theory]
    [InlineData("'drian' is neither a command nor a setting. Commands: drain, drains, connections, close, endings, limits, bans, nodes.", "drian")]
    [InlineData("'serve' is neither a command nor a setting.", "--ActorSockets:Limits:MaxConnections=5", "serve")]
    [InlineData("'--ActorSockets:Limits:MaxConnections' is a setting without a value, or unknown.", "--ActorSockets:Limits:MaxConnections")]
    [InlineData("--deadline 'soon': must be a duration such as 500ms, 90s, 5m, 1h30m, 2d or 00:05:00.", "drain", "--deadline", "soon")]
    [InlineData("--deadline '5': must be a duration", "drain", "--deadline", "5")]
    [InlineData("--order 'newestFirst': must be one of idleFirst, oldestFirst, random.", "drain", "--order", "newestFirst")]
    [InlineData("--per-second 'many': must be a number such as 40 or 0.5.", "drain", "--per-second", "many")]
    [InlineData("--refuse-new 'no': must be one of true, false.", "drain", "--refuse-new", "no")]
    [InlineData("--start-at '22:00': must be a time with offset such as 2026-01-31T22:00:00Z, or a duration from now such as 10m.", "drain", "--start-at", "22:00")]
    [InlineData("--select 'hubs=chat': must be key=value with one of node, hub, user, group, ip, subprotocol, idleFor, olderThan, connection, or all.", "drain", "--select", "hubs=chat")]
    [InlineData("--select 'hub=': must be key=value", "drain", "--select", "hub=")]
    [InlineData("--select 'idleFor=5': must be a duration", "drain", "--select", "idleFor=5")]
    [InlineData("--select 'hub': may be given once.", "drain", "--select", "hub=a", "--select", "hub=b")]
    [InlineData("--select 'all': must be key=value", "connections", "--select", "all")]
    [InlineData("--select 'connection=,': must not be empty.", "close", "--select", "hub=chat", "--select", "connection=,")]
    [InlineData("--idle-for '5': must be a duration", "connections", "--idle-for", "5")]
    [InlineData("--hub '': must not be empty.", "connections", "--hub", "", "--user", "ann")]
    [InlineData("--connection ',': must not be empty.", "connections", "--connection", "a", "--connection", ",")]
    [InlineData("--limit 'x': must be a whole number.", "connections", "--limit", "x")]
    [InlineData("--since 'yesterday': must be a time with offset such as 2026-01-31T22:00:00Z, or a duration before now such as 10m.", "endings", "--since", "yesterday")]
    [InlineData("--admin 'localhost:9090': must be the address of an admin listener such as http://127.0.0.1:9090.", "nodes", "--admin", "localhost:9090")]
    [InlineData("--admin 'http://127.0.0.1:9090/admin': must be the address", "nodes", "--admin", "http://127.0.0.1:9090/admin")]
    [InlineData("--key: must be one word of printable ASCII.", "nodes", "--key", "a b")]
    [InlineData("Name either the id of a connection or --select key=value.", "close")]
    [InlineData("Name either the id of a connection or --select key=value.", "close", "a", "--select", "hub=chat")]
    [InlineData("--deadline needs --select: one connection is closed at once.", "close", "a", "--deadline", "5m")]
    [InlineData("--abort cannot be given together with --select.", "close", "--select", "hub=chat", "--abort")]
    [InlineData("Option '--for' is required.", "bans", "put", "ip:203.0.113.7")]
    [InlineData("'Limits': must be key=value such as Limits:MaxConnections=1000.", "limits", "put", "Limits")]
    [InlineData("What is allowed: drains pause --help", "drains", "pause")]
    public async Task A_fault_names_what_is_wrong_and_what_is_allowed(string fault, params string[] args)
    {
        using var typed = new Typed();

        Assert.Equal(ExitCodes.Misconfigured, await typed.RunAsync(args));

        Assert.Contains(fault, typed.Errors, StringComparison.Ordinal);
        Assert.Empty(typed.Output);
    }

    [Fact]
    public async Task Every_option_has_its_fault_at_once()
    {
        using var typed = new Typed();

        await typed.RunAsync("drain", "--deadline", "soon", "--code", "x", "--select", "hubs=chat");

        Assert.Contains("--deadline", typed.Errors, StringComparison.Ordinal);
        Assert.Contains("--code", typed.Errors, StringComparison.Ordinal);
        Assert.Contains("--select", typed.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("drain", "--help")]
    [InlineData("limits", "put", "-h")]
    public async Task Help_is_no_fault(params string[] args)
    {
        using var typed = new Typed();

        Assert.Equal(ExitCodes.Clean, await typed.RunAsync(args));

        Assert.Contains("--admin", typed.Output, StringComparison.Ordinal);
        Assert.Empty(typed.Errors);
    }

    [Theory]
    [InlineData("connections")]
    [InlineData("endings")]
    public async Task Who_is_here_and_who_was_are_asked_for_in_the_same_words(string command)
    {
        using var typed = new Typed();

        await typed.RunAsync(command, "--help");

        foreach (var option in new[] { "--connection <id>", "--hub <hub>", "--user <user>", "--ip <cidr>", "--limit <n>", "--cursor <cursor>" })
            Assert.Contains(option, typed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_gateway_is_said_with_the_address()
    {
        using var typed = new Typed();

        Assert.Equal(ExitCodes.Unreachable, await typed.RunAsync("nodes", "--admin", "http://127.0.0.1:1", "--key", "secret-key-0123456789"));

        Assert.Contains("No gateway at http://127.0.0.1:1/", typed.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", typed.Errors + typed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--json", "--admin", "http://127.0.0.1:1", "nodes")]
    [InlineData("--admin", "http://127.0.0.1:1", "--json", "nodes")]
    [InlineData("--admin", "http://127.0.0.1:1", "--key", "secret-key-0123456789", "nodes")]
    public async Task What_all_commands_take_may_stand_before_the_command(params string[] args)
    {
        using var typed = new Typed();

        Assert.Equal(ExitCodes.Unreachable, await typed.RunAsync(args));
    }

    [Fact]
    public async Task The_address_may_come_from_the_environment()
    {
        using var good = new Typed { Environment = { [CommandHost.AddressVariable] = "http://127.0.0.1:1" } };
        using var bad = new Typed { Environment = { [CommandHost.AddressVariable] = "nowhere" } };

        Assert.Equal(ExitCodes.Unreachable, await good.RunAsync("nodes"));
        Assert.Equal(ExitCodes.Misconfigured, await bad.RunAsync("nodes"));

        Assert.Contains("http://127.0.0.1:1/", good.Errors, StringComparison.Ordinal);
        Assert.Contains($"{CommandHost.AddressVariable} 'nowhere': must be", bad.Errors, StringComparison.Ordinal);
    }
}

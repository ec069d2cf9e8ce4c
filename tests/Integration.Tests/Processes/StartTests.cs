using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Processes;

public sealed class StartTests
{
    private const int Misconfigured = 2;

    [Fact]
    public async Task Every_fault_of_the_configuration_has_a_line_of_its_own()
    {
        await using var gateway = new GatewayProcess();

        gateway.Start(
            "ActorSockets:Limits:MaxConections=5",
            "ActorSockets:Timers:Idle=soon",
            "ActorSockets:Limits:OutboundBytes=0",
            "ActorSockets:Timers:CloseHandshake=00:01:00",
            "ActorSockets:Hubs:echo:Handler=echoes");

        Assert.Equal(Misconfigured, await gateway.ExitAsync());
        Assert.Equal(5, gateway.Errors.Length);
        Assert.Contains(gateway.Errors, e => e.StartsWith("ActorSockets:Limits:MaxConections", StringComparison.Ordinal));
        Assert.Contains(gateway.Errors, e => e.StartsWith("ActorSockets:Timers:Idle = \"soon\": ", StringComparison.Ordinal));
        Assert.Contains(gateway.Errors, e => e.StartsWith("ActorSockets:Limits:OutboundBytes = \"0\": ", StringComparison.Ordinal));
        Assert.Contains(gateway.Errors, e => e.StartsWith("ActorSockets:Drain:Deadline = \"00:00:25\": ", StringComparison.Ordinal));
        Assert.Contains(gateway.Errors, e => e.StartsWith("ActorSockets:Hubs:echo:Handler = \"echoes\": ", StringComparison.Ordinal));
        Assert.DoesNotContain("listener", gateway.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state/bans.json", "{ \"version\": 1, \"bans\": [")]
    [InlineData("state/bans.json", "{ \"version\": 7 }")]
    [InlineData("state/limits.json", "{ \"schema\": 1 }")]
    [InlineData("appsettings.json", "{ \"ActorSockets\": ")]
    public async Task A_file_that_cannot_be_used_stops_the_start_with_one_line_that_names_it(string path, string content)
    {
        await using var gateway = new GatewayProcess();
        gateway.Write(path, content);

        gateway.Start();

        Assert.Equal(Misconfigured, await gateway.ExitAsync());
        Assert.Contains(path, Assert.Single(gateway.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain("listener", gateway.Output, StringComparison.Ordinal);
    }
}

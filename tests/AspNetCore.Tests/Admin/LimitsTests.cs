using System.Net;
using ActorSockets.AspNetCore.Admin;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class LimitsTests
{
    [Fact]
    public async Task Shows_changes_and_forgets_limits()
    {
        await using var host = await AdminHost.StartAsync();
        host.NextChange = new SettingsChange([], ["Limits:MaxConnections"]);

        Assert.Equal(7, (await host.CallAsync("GET", "/admin/v1/limits")).Body.GetProperty("limits").GetProperty("maxConnections").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("PUT", "/admin/v1/limits", """{"limits":{"maxConnections":7}}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("DELETE", "/admin/v1/limits")).Status);

        Assert.Equal(["""{"limits":{"maxConnections":7}}""", "delete"], host.SettingsCalls);
        Assert.Equal(["put-limits", "delete-limits"], host.Log.Lines.Where(l => l.EventId == 3000).Select(l => l.Fields["Action"]));
    }

    [Fact]
    public async Task Names_every_fault_of_a_change()
    {
        await using var host = await AdminHost.StartAsync();
        host.NextChange = new SettingsChange([new("Limits:MaxConnections", "must be 0 to 10000000"), new("Timers:Idle", "must be a duration")], []);

        var faults = await host.FaultsAsync("PUT", "/admin/v1/limits", "{}");

        Assert.Equal(["Limits:MaxConnections", "Timers:Idle"], faults.Keys.Order());
        Assert.DoesNotContain(host.Log.Lines, l => l.EventId == 3000);
    }

    [Fact]
    public async Task Says_when_a_change_will_not_survive_a_restart()
    {
        await using var host = await AdminHost.StartAsync();
        host.NextChange = new SettingsChange([], ["Limits:MaxConnections"], "disk full");

        var (_, body) = await host.CallAsync("PUT", "/admin/v1/limits", "{}");

        Assert.Equal("disk full", body.GetProperty("storeFault").GetString());
        Assert.Contains(host.Log.Lines, l => l.EventId == 3004);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{")]
    [InlineData("""{"a":1,"a":2}""")]
    public async Task Refuses_what_is_not_an_object(string body)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains("body", await host.FaultsAsync("PUT", "/admin/v1/limits", body));
        Assert.Empty(host.SettingsCalls);
    }

    [Theory]
    [InlineData("""{"limits":{"whenFull":"\ud800"}}""", "limits.whenFull")]
    [InlineData("""{"security":{"allowIps":["10.0.0.0/8","\ud800"]}}""", "security.allowIps")]
    [InlineData("""{"hubs":{"\udc00":{}}}""", "body")]
    public async Task Names_where_half_a_character_stands(string body, string field)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains("surrogate", Assert.Contains(field, await host.FaultsAsync("PUT", "/admin/v1/limits", body)), StringComparison.Ordinal);
        Assert.Empty(host.SettingsCalls);
    }

    [Fact]
    public async Task Refuses_a_body_that_is_too_large()
    {
        await using var host = await AdminHost.StartAsync();

        var (status, _) = await host.CallAsync("PUT", "/admin/v1/limits", $$"""{"a":"{{new string('x', 300_000)}}"}""");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
    }
}

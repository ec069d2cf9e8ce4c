using System.Net;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class ProblemsTests
{
    [Theory]
    [InlineData("GET", "/admin/v1/nodes", null)]
    [InlineData("GET", "/admin/v1/connections", null)]
    [InlineData("GET", "/admin/v1/connections/x", null)]
    [InlineData("DELETE", "/admin/v1/connections/x", null)]
    [InlineData("POST", "/admin/v1/connections/x/session", """{"token":"t"}""")]
    [InlineData("GET", "/admin/v1/endings", null)]
    [InlineData("GET", "/admin/v1/bans", null)]
    [InlineData("PUT", "/admin/v1/bans?subject=ip:1.2.3.4", """{"for":"00:01:00"}""")]
    [InlineData("DELETE", "/admin/v1/bans?subject=ip:1.2.3.4", null)]
    [InlineData("POST", "/admin/v1/sessions/revocations", """{"tokenId":"x"}""")]
    public async Task An_actor_that_stays_silent_is_a_503(string method, string path, string? body)
    {
        await using var host = await AdminHost.StartAsync(patience: TimeSpan.FromMilliseconds(50));

        var (status, problem) = await host.CallAsync(method, path, body);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal(503, problem.GetProperty("status").GetInt32());
        Assert.Contains(host.Log.Lines, l => l.EventId == 3003);
    }

    [Theory]
    [InlineData("GET", "/admin/v1", HttpStatusCode.NotFound)]
    [InlineData("GET", "/admin/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/admin/v1/nodes", HttpStatusCode.MethodNotAllowed)]
    public async Task What_routing_refuses_has_a_body_too(string method, string path, HttpStatusCode expected)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Equal(expected, (await host.CallAsync(method, path)).Status);
    }

    [Fact]
    public async Task An_unexpected_failure_is_a_500_without_its_text()
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => Samples.Census();
        host.ReadToken = (_, _) => throw new InvalidOperationException("inner secret");
        host.SupervisorStub.Answer = _ => new Actors.Connections.ConnectionProtocol.Description(Samples.Session(), "Open", null, null, null, Samples.Traffic());

        var (status, problem) = await host.CallAsync("POST", "/admin/v1/connections/x/session", """{"token":"t"}""");

        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.DoesNotContain("inner secret", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Contains(host.Log.Lines, l => l.EventId == 3002);
    }

    [Theory]
    [InlineData("/admin/v1/nodes")]
    [InlineData("/admin/v1/nodes/self")]
    [InlineData("/admin/v1/limits")]
    [InlineData("/admin/v1/endings/catalogue")]
    [InlineData("/admin/v1/bans")]
    [InlineData("/admin/v1/connections/x")]
    public async Task A_call_without_parameters_takes_none(string path)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Contains("allowed: none", Assert.Contains("verbose", await host.FaultsAsync("GET", path + "?verbose=1")), StringComparison.Ordinal);
    }
}

using System.Net;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class ListenerTests
{
    [Theory]
    [InlineData("GET", "/admin/v1/nodes")]
    [InlineData("DELETE", "/admin/v1/nodes")]
    [InlineData("GET", "/admin/v1/endings/catalogue")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/healthz/live")]
    [InlineData("GET", "/healthz/ready")]
    [InlineData("GET", "/openapi/v1.json")]
    public async Task Admin_routes_do_not_exist_on_the_public_listener_whatever_the_host_says(string method, string path)
    {
        await using var host = await AdminHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Host = $"127.0.0.1:{host.AdminPort}";

        using var response = await host.Public.SendAsync(request);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Other_routes_are_left_alone()
    {
        await using var host = await AdminHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hello");
        request.Headers.Host = "anything.example";
        request.Headers.Add("Origin", "https://elsewhere.example");

        using var response = await host.Public.SendAsync(request);

        Assert.Equal("public", await response.Content.ReadAsStringAsync());
    }
}

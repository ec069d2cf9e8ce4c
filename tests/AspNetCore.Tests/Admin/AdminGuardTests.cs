using System.Net;
using System.Net.Http.Headers;
using ActorSockets.AspNetCore.Admin;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class AdminGuardTests
{
    private const string ReadKey = "read-key-0123456789-0123456789-0123456789";
    private const string OperateKey = "operate-key-0123456789-0123456789-012345";

    private static readonly AdminKey[] Keys = [new("viewer", ReadKey, false), new("ops", OperateKey, true)];

    [Theory]
    [InlineData("127.0.0.1:{port}", null, null, null, 200)]
    [InlineData("localhost:{port}", null, null, null, 200)]
    [InlineData("LOCALHOST", null, null, null, 200)]
    [InlineData("[::1]:1", null, null, null, 200)]
    [InlineData("127.0.0.1:{port}", "http://127.0.0.1:{port}", "same-origin", null, 200)]
    [InlineData("127.0.0.1:{port}", "http://localhost:{port}", "same-site", null, 200)]
    [InlineData("127.0.0.1:{port}", null, "none", null, 200)]
    [InlineData("evil.example", null, null, null, 403)]
    [InlineData("evil.example:{port}", "http://evil.example:{port}", "same-origin", null, 403)]
    [InlineData("127.0.0.1.evil.example", null, null, null, 403)]
    [InlineData("127.0.0.2", null, null, null, 403)]
    [InlineData("localhost.", null, null, null, 403)]
    [InlineData("127.0.0.1:{port}", "http://evil.example", null, null, 403)]
    [InlineData("127.0.0.1:{port}", "http://localhost:3000", null, null, 403)]
    [InlineData("127.0.0.1:{port}", "http://localhost", null, null, 403)]
    [InlineData("127.0.0.1:{port}", "null", null, null, 403)]
    [InlineData("127.0.0.1:{port}", "http://127.0.0.1:{port}@evil.example", null, null, 403)]
    [InlineData("127.0.0.1:{port}", "chrome-extension://abc", null, null, 403)]
    [InlineData("127.0.0.1:{port}", null, "cross-site", null, 403)]
    [InlineData("127.0.0.1:{port}", null, null, "Forwarded: for=1.2.3.4", 403)]
    [InlineData("127.0.0.1:{port}", null, null, "X-Forwarded-For: 1.2.3.4", 403)]
    [InlineData("127.0.0.1:{port}", null, null, "x-forwarded-proto: https", 403)]
    [InlineData("127.0.0.1:{port}", null, null, "X-Real-IP: 1.2.3.4", 403)]
    [InlineData("127.0.0.1:{port}", null, null, "Via: 1.1 proxy", 403)]
    public async Task Without_keys_only_programs_of_this_machine_are_served(string hostHeader, string? origin, string? fetchSite, string? header, int expected)
    {
        await using var host = await AdminHost.StartAsync();
        foreach (var path in new[] { "/admin/v1/endings/catalogue", "/healthz/live", "/metrics", "/openapi/v1.json", "/try" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = Port(hostHeader);
            if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", Port(origin));
            if (fetchSite is not null) request.Headers.Add("Sec-Fetch-Site", fetchSite);
            if (header is not null) request.Headers.TryAddWithoutValidation(header.Split(": ")[0], header.Split(": ")[1]);

            using var response = await host.Admin.SendAsync(request);

            Assert.Equal(expected, (int)response.StatusCode);
            if (expected == 403) Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }

        string Port(string text) => text.Replace("{port}", $"{host.AdminPort}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "GET", "/admin/v1/endings/catalogue", 401)]
    [InlineData("Bearer wrong-key-0123456789-0123456789-0123456789", "GET", "/admin/v1/endings/catalogue", 401)]
    [InlineData("Bearer ", "GET", "/admin/v1/endings/catalogue", 401)]
    [InlineData("Basic " + ReadKey, "GET", "/admin/v1/endings/catalogue", 401)]
    [InlineData("Bearer " + ReadKey, "GET", "/admin/v1/endings/catalogue", 200)]
    [InlineData("bearer " + OperateKey, "GET", "/admin/v1/endings/catalogue", 200)]
    [InlineData("Bearer " + ReadKey, "DELETE", "/admin/v1/limits", 403)]
    [InlineData("Bearer " + ReadKey, "PUT", "/admin/v1/nothing", 403)]
    [InlineData("Bearer " + OperateKey, "DELETE", "/admin/v1/limits", 200)]
    [InlineData(null, "GET", "/metrics", 401)]
    [InlineData("Bearer " + ReadKey, "GET", "/metrics", 200)]
    [InlineData(null, "GET", "/openapi/v1.json", 401)]
    [InlineData("Bearer " + ReadKey, "GET", "/openapi/v1.json", 200)]
    [InlineData(null, "GET", "/anything", 401)]
    [InlineData(null, "GET", "/healthz/live", 200)]
    [InlineData(null, "GET", "/try", 200)]
    [InlineData(null, "GET", "/tryout", 401)]
    [InlineData(null, "GET", "/", 404)]
    public async Task With_keys_they_are_required_on_loopback_too(string? authorization, string method, string path, int expected)
    {
        await using var host = await AdminHost.StartAsync();
        host.Current = Keys;
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await host.Admin.SendAsync(request);

        Assert.Equal(expected, (int)response.StatusCode);
        if (expected == 401) Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        Assert.DoesNotContain("key-0123456789", host.Log.All(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_keys_the_name_of_the_host_and_proxies_do_not_matter()
    {
        await using var host = await AdminHost.StartAsync();
        host.Current = Keys;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/admin/v1/endings/catalogue");
        request.Headers.Host = "gateway.example";
        request.Headers.Add("X-Forwarded-For", "203.0.113.1");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ReadKey);

        using var response = await host.Admin.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_name_of_the_key_goes_to_the_log_and_never_the_key()
    {
        await using var host = await AdminHost.StartAsync();
        host.Current = Keys;
        host.NextChange = new SettingsChange([], ["Limits:MaxConnections"]);
        host.Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", OperateKey);

        await host.CallAsync("DELETE", "/admin/v1/limits");

        var line = Assert.Single(host.Log.Lines, l => l.EventId == 3000);
        Assert.Equal("ops called delete-limits on Limits:MaxConnections: 1 changed", line.Message);
        Assert.Contains("[AdminKey, ops]", line.Scopes, StringComparison.Ordinal);
        Assert.DoesNotContain(OperateKey, host.Log.All(), StringComparison.Ordinal);
        Assert.DoesNotContain(OperateKey, Keys[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_change_while_the_node_runs()
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await host.CallAsync("GET", "/admin/v1/endings/catalogue")).Status);
        host.Current = Keys;
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.CallAsync("GET", "/admin/v1/endings/catalogue")).Status);
    }
}

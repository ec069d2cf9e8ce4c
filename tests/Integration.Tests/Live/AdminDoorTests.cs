using System.Net;
using System.Net.Http.Headers;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Live;

/// <summary>Who may use the admin listener, and what is where.</summary>
public sealed class AdminDoorTests
{
    private const string ReadKey = "a-key-that-may-only-read-0123456789abcdef";
    private const string OperateKey = "a-key-that-may-operate-0123456789abcdefgh";

    [Fact]
    public async Task Keys_read_or_operate()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("Admin:Keys:monitor:Key", ReadKey), ("Admin:Keys:ops:Key", OperateKey), ("Admin:Keys:ops:Access", "operate"));

        Assert.Equal((HttpStatusCode)401, await CallAsync(gateway, HttpMethod.Get, null));
        Assert.Equal((HttpStatusCode)401, await CallAsync(gateway, HttpMethod.Get, OperateKey + "x"));
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Get, ReadKey));
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Get, OperateKey));
        Assert.Equal((HttpStatusCode)403, await CallAsync(gateway, HttpMethod.Delete, ReadKey));
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Delete, OperateKey));
        Assert.Equal((HttpStatusCode)401, await CallAsync(gateway, HttpMethod.Get, null, "/metrics"));
        Assert.Equal((HttpStatusCode)401, await CallAsync(gateway, HttpMethod.Get, null, "/openapi/v1.json"));
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Get, null, "/healthz/live"));
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Get, null, "/healthz/ready"));
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Get, null, "/try/"));
        Assert.Contains(gateway.Log.Lines, l => l.Event.Id == 3000 && l.Text.Contains("ops", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_is_added_is_required_from_now_on()
    {
        await using var gateway = await GatewayHost.StartAsync();
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Get, null));

        await gateway.PutLimitsAsync($$"""{"admin":{"keys":{"ops":{"key":"{{OperateKey}}","access":"operate"} } } }""");

        Assert.Equal((HttpStatusCode)401, await CallAsync(gateway, HttpMethod.Get, null));
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Delete, OperateKey));
        Assert.Equal((HttpStatusCode)200, await CallAsync(gateway, HttpMethod.Get, null));
    }

    [Theory]
    [InlineData("127.0.0.1", "", 200)]
    [InlineData("localhost", "", 200)]
    [InlineData("[::1]", "", 200)]
    [InlineData("evil.example", "", 403)]
    [InlineData("127.0.0.1.evil.example", "", 403)]
    [InlineData("127.0.0.1", "Origin: https://evil.example", 403)]
    [InlineData("127.0.0.1", "Origin: null", 403)]
    [InlineData("127.0.0.1", "Sec-Fetch-Site: cross-site", 403)]
    [InlineData("127.0.0.1", "Sec-Fetch-Site: same-origin", 200)]
    [InlineData("127.0.0.1", "X-Forwarded-For: 203.0.113.1", 403)]
    [InlineData("127.0.0.1", "Forwarded: for=203.0.113.1", 403)]
    public async Task Without_keys_only_programs_of_this_machine_are_served(string host, string header, int status)
    {
        await using var gateway = await GatewayHost.StartAsync();
        var admin = new IPEndPoint(IPAddress.Loopback, gateway.Admin.BaseAddress!.Port);

        var answer = await Knock.SendAsync(admin, $"GET /admin/v1/bans HTTP/1.1\r\nHost: {host}:{admin.Port}\r\n{(header.Length > 0 ? header + "\r\n" : "")}\r\n");

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData("/admin/v1/nodes")]
    [InlineData("/admin/v1/connections")]
    [InlineData("/metrics")]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/try")]
    [InlineData("/try/")]
    public async Task The_public_listener_knows_no_admin_address_whatever_Host_says(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
        {
            var request = $"{method} {path} HTTP/1.1\r\nHost: {gateway.Admin.BaseAddress!.Authority}\r\nContent-Length: 0\r\n\r\n";
            var status = (await Knock.SendAsync(gateway.PublicEndPoint, request)).Status;

            // Routing answers a wrong method before it asks which listener it was; for the API itself even that is hidden.
            if (method == "GET" || path.StartsWith("/admin", StringComparison.Ordinal)) Assert.Equal(404, status);
            else Assert.True(status is 404 or 405, $"{method} {path}: {status}");
        }
    }

    [Theory]
    [InlineData("/client/hubs/echo")]
    [InlineData("/client/?hub=echo")]
    [InlineData("/api/health")]
    public async Task The_admin_listener_knows_no_public_address(string path)
    {
        await using var gateway = await GatewayHost.StartAsync();
        var admin = new IPEndPoint(IPAddress.Loopback, gateway.Admin.BaseAddress!.Port);
        Assert.Equal(404, (await Knock.UpgradeAsync(admin, path)).Status);
        Assert.Equal(404, (await Knock.SendAsync(admin, $"GET {path} HTTP/1.1\r\nHost: {gateway.Public.Authority.Replace(gateway.Public.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "1", StringComparison.Ordinal)}\r\n\r\n")).Status);
        Assert.Equal(0, await gateway.ConnectionsAsync());
    }

    [Fact]
    public async Task The_public_listener_answers_health()
    {
        await using var gateway = await GatewayHost.StartAsync();
        Assert.Equal(200, (await Knock.SendAsync(gateway.PublicEndPoint, $"HEAD /api/health HTTP/1.1\r\nHost: {gateway.PublicEndPoint}\r\n\r\n")).Status);
    }

    private static async Task<HttpStatusCode> CallAsync(GatewayHost gateway, HttpMethod method, string? key, string path = "/admin/v1/limits")
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await gateway.Admin.SendAsync(request);
        return answer.StatusCode;
    }
}

using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Admission;

public sealed class OriginTests
{
    private const string Foreign = "https://evil.example";

    [Theory]
    [InlineData("", false, "", 101)]
    [InlineData("", false, "PUBLIC", 101)]
    [InlineData("", false, "ADMIN", 101)]
    [InlineData("", false, "https://known.example", 101)]
    [InlineData("", false, Foreign, 403)]
    [InlineData("", false, "null", 403)]
    [InlineData("", false, "PUBLIC0", 403)]
    [InlineData("", true, Foreign, 101)]
    [InlineData("https://app.example", false, "https://app.example", 101)]
    [InlineData("https://app.example", true, "https://app.example", 101)]
    [InlineData("https://app.example", false, "HTTPS://APP.example:443", 101)]
    [InlineData("https://app.example", false, "http://app.example", 403)]
    [InlineData("https://app.example", true, Foreign, 403)]
    [InlineData("https://app.example", false, "PUBLIC", 403)]
    [InlineData("https://app.example", false, "", 101)]
    [InlineData("*", false, Foreign, 101)]
    [InlineData("*", false, "null", 101)]
    public async Task A_page_may_connect_where_its_origin_allows_it(string allowed, bool token, string origin, int status)
    {
        List<(string, string)> settings = [("AccessKeys:0", GatewayCalls.AccessKey), ("PublicEndpoints:0", "https://known.example")];
        if (allowed.Length > 0) settings.Add(("Security:AllowedOrigins:0", allowed));
        await using var gateway = await GatewayHost.StartAsync([.. settings]);
        origin = origin switch
        {
            "PUBLIC" => gateway.Public.GetLeftPart(UriPartial.Authority),
            "PUBLIC0" => gateway.Public.GetLeftPart(UriPartial.Authority) + "0",
            "ADMIN" => gateway.Admin.BaseAddress!.GetLeftPart(UriPartial.Authority).Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
            _ => origin,
        };
        List<string> headers = origin.Length > 0 ? [$"Origin: {origin}"] : [];
        if (token) headers.Add($"Authorization: Bearer {gateway.Token("echo", "ann")}");

        var answer = await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo", [.. headers]);

        if (status == 101) Assert.Equal(101, answer.Status);
        else Expect.Refused(answer, 403, "origin");
    }

    [Fact]
    public async Task Two_origins_are_none()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var own = $"Origin: {gateway.Public.GetLeftPart(UriPartial.Authority)}";
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo", own, own), 403, "origin");
    }
}

using System.Globalization;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>Refusals as browsers can see them.</summary>
public sealed class RefuseByCloseTests
{
    [Fact]
    public async Task Waiting_helps_is_1013_with_a_time_of_ones_own()
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:RefuseByClose", "true"), ("Hubs:echo:Limits:MaxConnections", "1"));
        using var inside = await gateway.ConnectAsync();

        var told = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            using var client = await gateway.ConnectAsync("echo", "Origin: " + gateway.Public.GetLeftPart(UriPartial.Authority));
            Assert.Equal(101, client.Status);
            var close = await client.ReadFrameAsync();
            Assert.Equal(1013, close!.CloseCode);
            Assert.StartsWith("full; retry-after-ms=", close.CloseText, StringComparison.Ordinal);
            var wait = close.CloseText["full; retry-after-ms=".Length..];
            Assert.InRange(int.Parse(wait, CultureInfo.InvariantCulture), 1, 60_000);
            told.Add(wait);
            await client.SendCloseAsync(1013);
            Assert.True(await client.ReadToEndAsync());
        }

        Assert.True(told.Count > 1);
        Assert.Equal(1, await gateway.ConnectionsAsync());
        Assert.Equal(0, (int)(await gateway.GetAsync("/admin/v1/endings"))["total"]!);
    }

    [Fact]
    public async Task Waiting_does_not_help_is_1008()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:closed:Handler", "echo"), ("Hubs:closed:RefuseByClose", "true"));
        using var client = await gateway.ConnectAsync("closed");

        var close = await client.ReadFrameAsync();

        Assert.Equal((101, 1008, "token"), (client.Status, close!.CloseCode, close.CloseText));
    }

    [Fact]
    public async Task A_client_that_does_not_answer_is_cut()
    {
        await using var gateway = await GatewayHost.StartAsync(
            ("AccessKeys:0", GatewayCalls.AccessKey), ("Hubs:closed:Handler", "echo"), ("Hubs:closed:RefuseByClose", "true"), ("Timers:CloseHandshake", "00:00:00.300"));
        using var client = await gateway.ConnectAsync("closed");
        Assert.True((await client.ReadFrameAsync())!.IsClose);

        // It says other things instead, for as long as it likes.
        var end = client.ReadToEndAsync();
        try
        {
            while (!end.IsCompleted)
            {
                await client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, new byte[100]));
                await Task.Yield();
            }
        }
        catch (IOException)
        {
            // Cut.
        }

        await end;
    }

    [Theory]
    [InlineData("/client/hubs/nobody", 404, "unknown-hub")]
    [InlineData("/client/hubs/", 400, "bad-request")]
    public async Task What_belongs_to_no_hub_is_a_status(string target, int status, string refusal)
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:RefuseByClose", "true"));
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, target), status, refusal);
    }

    [Fact]
    public async Task A_handshake_that_is_none_is_a_status()
    {
        await using var gateway = await GatewayHost.StartAsync(("Hubs:echo:RefuseByClose", "true"));
        Expect.Refused(await Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo", "-Sec-WebSocket-Version"), 426, "version");
    }
}

using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests;

public sealed class EchoTests
{
    [Fact]
    public async Task A_message_comes_back_and_the_close_is_remembered()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = await RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, "/client/hubs/echo");

        Assert.Equal(101, client.Status);
        await client.SendTextAsync("hello");
        Assert.Equal("hello", (await client.ReadFrameAsync())!.Text);
        await client.SendCloseAsync(4001, "bye");
        var close = await client.ReadFrameAsync();

        Assert.Equal(4001, close!.CloseCode);
        var ending = await gateway.EndingAsync();
        Assert.Equal("client-closed", (string)ending["ending"]!);
        Assert.Equal(4001, (int)ending["code"]!);
        Assert.Equal("clean", (string)ending["outcome"]!);
        await gateway.UntilConnectionsAsync(0);
    }
}

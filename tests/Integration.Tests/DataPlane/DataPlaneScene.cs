using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.DataPlane;

/// <summary>A gateway with a hub <c>chat</c> that only delivers, and somebody who may call its data plane.</summary>
public abstract class DataPlaneScene : IAsyncLifetime
{
    internal const string SecondKey = "a-second-access-key-that-nobody-may-log-0123456789";
    internal const string JsonProtocol = "json.webpubsub.azure.v1";

    internal GatewayHost Gateway { get; private set; } = null!;

    internal Caller Caller { get; private set; } = null!;

    /// <summary>More settings of the gateway.</summary>
    protected virtual IEnumerable<(string Key, string Value)> Settings => [];

    public async Task InitializeAsync()
    {
        Gateway = await GatewayHost.StartAsync(
            [("AccessKeys:0", GatewayCalls.AccessKey), ("AccessKeys:1", SecondKey), ("Hubs:chat:Handler", "none"), ("Hubs:other:Handler", "none"), .. Settings]);
        Caller = new Caller(Gateway);
    }

    public async Task DisposeAsync()
    {
        Caller.Dispose();
        await Gateway.DisposeAsync();
    }

    /// <summary>A raw client that is in, and its id.</summary>
    internal async Task<(RawWebSocketClient Client, string Id)> RawAsync(string user, string hub = "chat")
    {
        var known = await IdsAsync(hub, user);
        var client = await Gateway.ConnectAsAsync(user, hub);
        return (client, await NewIdAsync(hub, user, known));
    }

    /// <summary>The same with JSON frames, its first frame read.</summary>
    internal async Task<(RawWebSocketClient Client, string Id)> JsonAsync(string user, string hub = "chat")
    {
        var known = await IdsAsync(hub, user);
        var client = await Gateway.ConnectAsAsync(user, hub, $"Sec-WebSocket-Protocol: {JsonProtocol}");
        Assert.Contains("\"connected\"", (await client.ReadPastPingsAsync())!.Text, StringComparison.Ordinal);
        return (client, await NewIdAsync(hub, user, known));
    }

    private async Task<List<string>> IdsAsync(string hub, string user) =>
        [.. (await Gateway.GetAsync($"/admin/v1/connections?hub={hub}&user={Uri.EscapeDataString(user)}"))["value"]!.AsArray().Select(c => (string)c!["id"]!)];

    private async Task<string> NewIdAsync(string hub, string user, List<string> known)
    {
        List<string> now = [];
        await Eventually.TrueAsync(async () => (now = await IdsAsync(hub, user)).Count > known.Count, $"{user} is listed");
        return now.Except(known).Single();
    }
}

using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Acceptance;

/// <summary>The chat with an upstream, once in C# and once with the official packages; in both the upstream restarts while people talk.</summary>
public sealed class UpstreamSampleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_chat_with_an_upstream_in_csharp_works()
    {
        using var held = new HeldPort();
        var port = held.Number;
        await using var gateway = await GatewayAsync(port);
        var application = $"http://127.0.0.1:{port}";
        SampleProcess Start() => SampleProcess.Start(
            "dotnet", "samples/ChatUpstream",
            [Path.Combine("bin", RunningApp.Configuration, "net10.0", "ChatUpstream.dll"), $"--Urls={application}", $"--Gateway={Endpoint(gateway)}", $"--AccessKey={NodeScript.AccessKey}"]);

        var upstream = Start();
        await upstream.UntilAsync("Application started");
        using var ann = await EnterAsync(application, "ann");
        using var bob = await EnterAsync(application, "bob ü");
        Assert.Equal("""{"type":"system","event":"connected","userId":"ann",""", (await NextAsync(ann))[..52]);
        await NextAsync(bob);

        await SendAsync(ann, """{"type":"sendToGroup","group":"room","dataType":"text","data":"hello"}""");
        Assert.Equal(("ann", "hello"), Said(await NextAsync(bob)));
        await SendAsync(bob, """{"type":"event","event":"shout","dataType":"json","data":"hey"}""");
        Assert.Equal("""{"shouted":"HEY","times":1}""", JsonNode.Parse(await NextAsync(bob))!["data"]!.ToJsonString());

        await upstream.DisposeAsync();
        await SendAsync(ann, """{"type":"sendToGroup","group":"room","dataType":"text","data":"still here"}""");
        Assert.Equal(("ann", "still here"), Said(await NextAsync(bob)));
        await SendAsync(bob, """{"type":"event","event":"shout","dataType":"json","data":"again"}""");
        await using var second = Start();

        Assert.Equal("""{"shouted":"AGAIN","times":2}""", JsonNode.Parse(await NextAsync(bob))!["data"]!.ToJsonString());
        await bob.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await second.UntilAsync("""disconnected: bob ü {"reason":"client-closed"}""");
        // Six times as long in the header field, and 40 characters for people.
        (await EnterAsync(application, new string('ж', 40))).Dispose();
        await second.UntilAsync($"disconnected: {new string('ж', 40)} ");
        await Assert.ThrowsAsync<WebSocketException>(() => EnterAsync(application, new string('ж', 41)));
        await Assert.ThrowsAsync<WebSocketException>(() => EnterAsync(application, new string('x', 41)));
    }

    [SkippableFact]
    public async Task The_chat_with_the_official_packages_works()
    {
        NodeScript.SkipWithout("samples/ChatExpress");
        using var held = new HeldPort();
        var port = held.Number;
        await using var gateway = await GatewayAsync(port);
        var application = $"http://127.0.0.1:{port}";
        SampleProcess Start() => SampleProcess.Start(
            "node", "samples/ChatExpress", ["server.js"], ("GATEWAY", Endpoint(gateway)), ("PORT", $"{port}"), ("ACCESS_KEY", NodeScript.AccessKey));

        var upstream = Start();
        await upstream.UntilAsync("listening on");
        await using var ann = SampleProcess.Start("node", "samples/ChatExpress", ["client.js", "ann", application]);
        await using var bob = SampleProcess.Start("node", "samples/ChatExpress", ["client.js", "bob", application]);
        await ann.UntilAsync("connected as ann");
        await bob.UntilAsync("connected as bob");
        await ann.SayAsync("hello");
        await bob.UntilAsync("ann: hello");
        await bob.SayAsync("!hey");
        await bob.UntilAsync("you shouted HEY, 1 times");

        await upstream.DisposeAsync();
        await bob.SayAsync("!again");
        await using var second = Start();

        await bob.UntilAsync("you shouted AGAIN, 2 times");
        await bob.DisposeAsync();
        await second.UntilAsync("bob left: connection-lost");

        var nickname = new string('ж', 40);
        await using (var zhanna = SampleProcess.Start("node", "samples/ChatExpress", ["client.js", nickname, application])) await zhanna.UntilAsync($"connected as {nickname}");
        await second.UntilAsync($"{nickname} left");
    }

    private static Task<RunningApp> GatewayAsync(int port) => RunningApp.GatewayAsync(
        $"ActorSockets:AccessKeys:0={NodeScript.AccessKey}",
        "ActorSockets:Hubs:chat:Handler=upstream",
        $"ActorSockets:Hubs:chat:EventHandlers:0:UrlTemplate=http://127.0.0.1:{port}/eventhandler",
        "ActorSockets:Hubs:chat:EventHandlers:0:SystemEvents:0=connect",
        "ActorSockets:Hubs:chat:EventHandlers:0:SystemEvents:1=disconnected",
        "ActorSockets:Hubs:chat:EventHandlers:0:UserEventPattern=*",

        // A process that starts on a busy machine may take longer than the nine seconds of three retries.
        "ActorSockets:Hubs:chat:EventHandlers:0:Retries=6");

    private static string Endpoint(RunningApp gateway) => gateway.Public.ToString().TrimEnd('/');

    private static async Task<ClientWebSocket> EnterAsync(string application, string nickname)
    {
        using var http = new HttpClient();
        var url = (string)JsonNode.Parse(await http.GetStringAsync(new Uri($"{application}/negotiate?user={Uri.EscapeDataString(nickname)}")))!["url"]!;
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("json.webpubsub.azure.v1");
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(new Uri(url), patience.Token);
        return socket;
    }

    private static async Task<string> NextAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(Patience);
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer, patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, read.Count);
    }

    private static Task SendAsync(ClientWebSocket socket, string frame) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    private static (string?, string?) Said(string frame) => ((string?)JsonNode.Parse(frame)!["fromUserId"], (string?)JsonNode.Parse(frame)!["data"]);
}

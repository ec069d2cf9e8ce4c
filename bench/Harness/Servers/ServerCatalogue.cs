using ActorSockets.Bench.Harness.Processes;

namespace ActorSockets.Bench.Harness.Servers;

/// <summary>The gateway and its peers. Every echo carries text frames, because SignalR's JSON protocol knows no other.</summary>
internal static class ServerCatalogue
{
    public const string Gateway = "gateway", Library = "library", Kestrel = "kestrel", SignalR = "signalr", NodeWs = "node-ws", Uws = "uws";

    private const string GatewayPath = "/client/hubs/echo", BroadcastPath = "/api/hubs/echo/:send";

    /// <summary>The servers of a comparison, in the order of its tables.</summary>
    public static readonly string[] Everybody = [Gateway, Library, Kestrel, SignalR, NodeWs, Uws];

    public static IReadOnlyList<ServerKind> All(Layout layout, HarnessOptions options, string state) =>
    [
        new(Gateway, "ActorSockets",
            (port, admin) =>
            [
                "dotnet", layout.PublishedGateway, $"--Kestrel:Endpoints:Public:Url={Address(port)}", $"--Kestrel:Endpoints:Admin:Url={Address(admin)}",
                "--ActorSockets:Hubs:echo:Handler=echo", "--ActorSockets:Hubs:echo:Anonymous=true", $"--ActorSockets:AccessKeys:0={AccessToken.Key}",
                $"--ActorSockets:State:Path={state}", .. options.GatewayArguments,
            ],
            ["--path", GatewayPath, "--text"],
            (_, admin) => $"{Address(admin)}/healthz/ready")
        {
            IsManaged = true,
            Folder = Path.GetDirectoryName(layout.PublishedGateway)!,
            KeepAlive = [], // 25 s is its default
            Broadcast = port => ["--post-path", BroadcastPath, "--post-header", $"Authorization: Bearer {AccessToken.For(Address(port) + BroadcastPath)}"],
        },
        new(Library, "ActorSockets as a library, in-process sender",
            (port, admin) =>
            [
                "dotnet", layout.Peer("FanOutHost"), $"--Kestrel:Endpoints:Public:Url={Address(port)}", $"--Kestrel:Endpoints:Admin:Url={Address(admin)}",
                $"--ActorSockets:State:Path={state}", .. options.GatewayArguments,
            ],
            ["--path", GatewayPath, "--text"],
            (_, admin) => $"{Address(admin)}/healthz/ready")
        {
            IsManaged = true,
            FanoutOnly = true,
        },
        new(Kestrel, "bare ASP.NET Core WebSocket", (port, _) => ["dotnet", layout.Peer("KestrelEcho"), "--urls", Address(port)], ["--path", "/ws", "--text"], Ready)
        {
            IsManaged = true,
            KeepAlive = ["--keepalive", "25"],
        },
        new(SignalR, "SignalR, JSON", (port, _) => ["dotnet", layout.Peer("SignalREcho"), "--urls", Address(port)], ["--path", "/hub", "--signalr"], Ready)
        {
            IsManaged = true,
        },
        new(NodeWs, "Node ws", (port, _) => ["node", Path.Combine(layout.NodePeer("node-ws"), "server.js"), "--port", $"{port}"], ["--path", "/ws", "--text"], Ready),
        new(Uws, "uWebSockets.js", (port, _) => ["node", Path.Combine(layout.NodePeer("uws"), "server.js"), "--port", $"{port}"], ["--path", "/ws", "--text"], Ready),
    ];

    /// <summary>Builds and tries those that were asked for; one that does not start is left out, and said so.</summary>
    public static async Task<IReadOnlyList<ServerKind>> Available(Layout layout, HarnessOptions options, Children children, string state, params string[] wanted)
    {
        var names = options.Servers.Count > 0 ? options.Servers : wanted;
        var available = new List<ServerKind>();
        foreach (var kind in All(layout, options, state).Where(kind => names.Contains(kind.Name)))
        {
            var there = kind.Name switch
            {
                Library => await Built("bench/peers/FanOutHost"),
                Kestrel => await Built("bench/peers/KestrelEcho"),
                SignalR => await Built("bench/peers/SignalREcho"),
                Gateway => await Published(),
                _ => await Preparation.Packages(layout, children, kind.Name),
            };
            if (there && await Starts(kind, options, children)) available.Add(kind);
            else Console.WriteLine($"{kind.Name}: not available");
        }

        return available.Count > 0 ? available : throw new HarnessFault("none of the servers is available");

        async Task<bool> Published()
        {
            await Preparation.Publish(layout, children);
            return true;
        }

        async Task<bool> Built(string folder)
        {
            await Preparation.Project(layout, children, folder);
            return true;
        }
    }

    private static async Task<bool> Starts(ServerKind kind, HarnessOptions options, Children children)
    {
        try
        {
            await using var server = await RunningServer.Start(kind, options.ServerCores, children);
            return true;
        }
        catch (HarnessFault fault)
        {
            Console.WriteLine(fault.Message);
            return false;
        }
    }

    private static string Address(int port) => $"http://127.0.0.1:{port}";

    private static string Ready(int port, int admin) => $"{Address(port)}/ready";
}

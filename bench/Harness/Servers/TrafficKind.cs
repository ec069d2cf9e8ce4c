namespace ActorSockets.Bench.Harness.Servers;

/// <summary>The gateway with two hubs more: one whose clients are in a group by their token, and one with an upstream.</summary>
internal static class TrafficKind
{
    public const string Group = "everybody", GroupHub = "room", UpstreamHub = "app", EchoHub = "echo";

    /// <summary>Where the data plane takes a message for the group, and one for all of the hub.</summary>
    public const string ToGroup = $"/api/hubs/{GroupHub}/groups/{Group}/:send", ToHub = $"/api/hubs/{GroupHub}/:send";

    public static ServerKind Of(Layout layout, HarnessOptions options, string state, int upstream)
    {
        var gateway = ServerCatalogue.All(layout, options, state).First(kind => kind.Name == ServerCatalogue.Gateway);
        return gateway with
        {
            Command = (port, admin) =>
            [
                .. gateway.Command(port, admin), $"--ActorSockets:Hubs:{GroupHub}:Handler=none", $"--ActorSockets:Hubs:{UpstreamHub}:Handler=upstream",
                $"--ActorSockets:Hubs:{UpstreamHub}:EventHandlers:0:UrlTemplate=http://127.0.0.1:{upstream}/events",
                $"--ActorSockets:Hubs:{UpstreamHub}:EventHandlers:0:UserEventPattern=*",
            ],
            Dialect = ["--text"],
        };
    }

    public static ServerKind Upstream(Layout layout, double delay) => new("upstream", "upstream",
        (port, _) => ["dotnet", layout.Peer("SlowUpstream"), "--urls", $"http://127.0.0.1:{port}", "--delay", delay.ToString(System.Globalization.CultureInfo.InvariantCulture)], [],
        (port, _) => $"http://127.0.0.1:{port}/ready");

    /// <summary>The way in of a client of this hub.</summary>
    public static string Door(RunningServer server, string hub, params string[] groups)
    {
        var path = $"/client/hubs/{hub}";
        return $"{path}?access_token={AccessToken.For($"http://127.0.0.1:{server.Port}{path}", "crowd", groups)}";
    }

    /// <summary>The header that lets the load generator in at an address of the data plane.</summary>
    public static string Key(RunningServer server, string path) => $"Authorization: Bearer {AccessToken.For($"http://127.0.0.1:{server.Port}{path}")}";
}

namespace ActorSockets.Bench.Harness;

/// <summary>Where things lie in the repository.</summary>
internal sealed record Layout(string Root)
{
    public string Generator => Path.Combine(Root, "bench/loadgen/bin/wsload");

    public string Performance => Path.Combine(Root, "docs/performance.md");

    public string Scale => Path.Combine(Root, "docs/scale.md");

    public string Charts => Path.Combine(Root, "docs/charts");

    public string Results => Path.Combine(Root, "bench/results");

    /// <summary>The gateway as it is deployed: published, compiled ahead of time.</summary>
    public string PublishedGateway => Path.Combine(Root, "bench/bin/gateway/ActorSockets.Gateway.dll");

    public string Peer(string name) => Assembly($"bench/peers/{name}", $"ActorSockets.Bench.{name}");

    public string NodePeer(string name) => Path.Combine(Root, $"bench/peers/{name}");

    public static Layout Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ActorSockets.sln"))) return new Layout(folder.FullName);
        }

        throw new HarnessFault("ActorSockets.sln is not above the harness: run it from a clone of the repository");
    }

    private string Assembly(string project, string name) => Path.Combine(Root, project, "bin/Release/net10.0", name + ".dll");
}

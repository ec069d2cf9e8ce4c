namespace ActorSockets.Bench.Harness.Servers;

/// <summary>A server that can be measured: how it is started and how the load generator speaks to it.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">Its name in a table.</param>
/// <param name="Command">The command for given public and admin ports.</param>
/// <param name="Dialect">What the load generator needs to speak to it.</param>
/// <param name="Ready">The address that answers 200 once it serves, for given public and admin ports.</param>
internal sealed record ServerKind(
    string Name,
    string Title,
    Func<int, int, IReadOnlyList<string>> Command,
    IReadOnlyList<string> Dialect,
    Func<int, int, string> Ready)
{
    /// <summary>Whether it is a .NET process, whose heap can be read.</summary>
    public bool IsManaged { get; init; }

    /// <summary>Takes part in the fan-out only: another row of the table shows what else it does.</summary>
    public bool FanoutOnly { get; init; }

    /// <summary>Where it runs: a server reads its settings file from there.</summary>
    public string Folder { get; init; } = Path.GetTempPath();

    /// <summary>Environment variables of its process, beside those that every server gets.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Switches the server's own pings on, every 25 seconds; null = it has none.</summary>
    public IReadOnlyList<string>? KeepAlive { get; init; }

    /// <summary>What a POST that makes it send to everybody needs: a path and headers, for a given public port.</summary>
    public Func<int, IReadOnlyList<string>> Broadcast { get; init; } = _ => ["--post-path", "/broadcast"];
}

using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace ActorSockets.Cluster.Tests;

/// <summary>Many clients of the official JavaScript library in one process, <c>tests/Acceptance/node/many-reliable.mjs</c>.</summary>
internal sealed class LibraryClients : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private LibraryClients(Process process) => _process = process;

    /// <summary>Starts them; where Node or the packages are missing the test is skipped, on the build server it fails.</summary>
    /// <param name="endpoint">Where they connect.</param>
    /// <param name="count">How many; the n-th is user <c>u{n}</c>.</param>
    /// <param name="groups">The n-th is in group <c>g{n % groups}</c>.</param>
    internal static LibraryClients Start(string endpoint, int count, int groups)
    {
        var repository = typeof(LibraryClients).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(m => m.Key == "Repository").Value!;
        var folder = Path.Combine(Path.GetFullPath(repository), "tests", "Acceptance", "node");
        SkipWithout(folder);
        var start = new ProcessStartInfo("node", ["many-reliable.mjs"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        (string Name, string Value)[] environment =
            [("ENDPOINT", endpoint), ("ACCESS_KEY", ThreeNodes.AccessKey), ("CLIENTS", $"{count}"), ("GROUPS", $"{groups}")];
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var clients = new LibraryClients(Process.Start(start)!);
        clients._process.ErrorDataReceived += (_, line) => clients.Note(line.Data);
        clients._process.BeginErrorReadLine();
        return clients;
    }

    /// <summary>Waits until all are connected; says how many there are.</summary>
    internal Task<string> ComeAsync() => LineAsync();

    internal async Task<LibraryReport> ReportAsync()
    {
        await _process.StandardInput.WriteLineAsync("report");
        return JsonSerializer.Deserialize<LibraryReport>(await LineAsync(), JsonSerializerOptions.Web)!;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private static void SkipWithout(string folder)
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "node")) || File.Exists(Path.Combine(p, "node.exe")));
        var missing = !onPath ? "node" : !Directory.Exists(Path.Combine(folder, "node_modules")) ? "npm packages: npm ci in tests/Acceptance/node" : null;
        if (missing is null) return;
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", $"The build server has no {missing}.");
        Skip.If(true, $"skipped: {missing}");
    }

    private async Task<string> LineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token);
        lock (_errors) return line ?? throw new InvalidOperationException($"The clients ended early:\n{_errors}");
    }

    private void Note(string? line)
    {
        lock (_errors) _errors.AppendLine(line);
    }
}

/// <param name="Connected">How often one of them said that it is connected, or connected anew.</param>
/// <param name="Disconnected">How often one of them said that it is disconnected.</param>
/// <param name="Stopped">How many have given up.</param>
/// <param name="Wrong">Everything that should not have happened, messages out of their order, twice or left out among it.</param>
/// <param name="Faults">The first of these, in words.</param>
/// <param name="Heard">For each stream the number up to which all its listeners have heard it.</param>
internal sealed record LibraryReport(int Connected, int Disconnected, int Stopped, int Wrong, IReadOnlyList<string> Faults, IReadOnlyDictionary<string, int> Heard);

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ActorSockets.AspNetCore.Tests.Docs;

/// <summary><c>deploy/three-nodes.sh</c> over nodes that are none: programs that only stand there take the place of <c>dotnet</c> and <c>curl</c>.</summary>
public sealed class ThreeNodesScriptTests : IDisposable
{
    private const string Node = """
        #!/bin/sh
        [ "$1" = build ] && exit 0
        case "$*" in *Stays:For=ever*) trap '' TERM ;; esac
        echo "node $$ with $*"
        case "$*" in *Cluster:Port=11*Fails:At=2*) exit 2 ;; esac
        exec sleep 600
        """;

    // A node is ready when it has said something; its admin port leads to its files.
    private const string Curl = """
        #!/bin/sh
        port=$(expr "$*" : '.*:\([0-9]*\)/') file=$(dirname "$0")/kept/node-$((port - 3))
        case "$*" in
          *healthz*) if grep -qs "^node $(cat "$file.pid") with" "$file.log"; then printf 200; else printf 503; fi ;;
          *) printf '{"id":"box-%s","inner":{"id":"no"}}' "$port" ;;
        esac
        """;

    // Ports that no program here asks for; the nodes do not either.
    private static readonly string[] Ports = ["--public", "1", "--admin", "4", "--cluster", "10"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("three-nodes-");

    public ThreeNodesScriptTests()
    {
        foreach (var (name, text) in new[] { ("dotnet", Node), ("curl", Curl) })
        {
            var file = Path.Combine(_directory.FullName, name);
            File.WriteAllText(file, text.ReplaceLineEndings("\n") + "\n");
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private string Kept => Path.Combine(_directory.FullName, "kept");

    public void Dispose() => _directory.Delete(recursive: true);

    [SkippableFact]
    public async Task A_node_that_is_killed_is_named_and_the_others_go_on_and_it_can_be_started_again()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: bash");
        using var script = Start([.. Ports, "--Own:Setting=a b"]);
        Assert.StartsWith("node 2   box-5   pid ", await script.LineAsync("node 2 "), StringComparison.Ordinal);
        await script.LineAsync("Stop, with a drain");
        Assert.Contains($"  operators  http://127.0.0.1:5/try\n  log        {Kept}/node-2.log", script.Said, StringComparison.Ordinal);

        using (var node = Process.GetProcessById(Pid(2))) node.Kill();

        Assert.Contains("(box-5, pid ", await script.LineAsync("Node 2 "), StringComparison.Ordinal);
        Assert.Contains("ended with exit code 137: it was killed", script.Said, StringComparison.Ordinal);
        Assert.EndsWith($"three-nodes.sh --only 2 --dir {Kept} --public 1 --admin 4 --cluster 10 --Own:Setting=a\\ b", await script.LineAsync("Start it again"), StringComparison.Ordinal);
        using var others = Process.GetProcessById(Pid(3));
        Assert.False(others.HasExited);

        using var again = Start([.. Ports, "--only", "2", "--once"]);
        Assert.Equal(0, await again.EndAsync());
        Assert.DoesNotContain("node 1 ", again.Said, StringComparison.Ordinal);

        using (var kill = new Bash(null, "-c", $"kill -TERM {script.Id}")) await kill.EndAsync();
        Assert.Equal(143, await script.EndAsync());
        Assert.Contains("node 1 ended", script.Said, StringComparison.Ordinal);
        Assert.Contains("node 3 ended", script.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("node 2 ended", script.Said, StringComparison.Ordinal);

        // Of both that were node 2.
        Assert.Equal(2, File.ReadLines(Path.Combine(Kept, "node-2.log")).Count(l => l.Contains(" with bin/Release", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task Whoever_does_not_start_is_named_with_the_end_of_its_log_and_nobody_else_is_left()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: bash");
        using var script = Start([.. Ports, "--Fails:At=2"]);

        Assert.Equal(1, await script.EndAsync());

        Assert.Contains("Node 2 ended with exit code 2 before it was ready: its settings are wrong, or an address is taken.", script.Said, StringComparison.Ordinal);
        Assert.Matches("\nnode [0-9]+ with ", script.Said);
        Assert.Contains("node 1 ended", script.Said, StringComparison.Ordinal);
        Assert.Contains("node 3 ended", script.Said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_port_that_is_taken_is_named_with_its_node_and_the_option_that_moves_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: bash");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using var script = Start("--public", "1", "--cluster", "10", $"--admin={port - 1}");

        Assert.Equal(2, await script.EndAsync());

        Assert.Contains($"Port {port}, node 2's admin port, is taken. End whoever has it, or give all nodes other admin ports with --admin PORT.", script.Said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Kept));
    }

    [SkippableFact]
    public async Task The_files_of_nodes_that_run_are_left_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: bash");
        var state = Directory.CreateDirectory(Path.Combine(Kept, "state-2"));
        await File.WriteAllTextAsync(Path.Combine(Kept, "node-2.pid"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        using var script = Start(Ports);

        Assert.Equal(2, await script.EndAsync());

        Assert.Contains($"Process {Environment.ProcessId} may be node 2 of an earlier start, with its files in {Kept}.", script.Said, StringComparison.Ordinal);
        Assert.True(Directory.Exists(state.FullName));
    }

    [SkippableTheory]
    [InlineData("--only '4': must be a number from 1 to 3", "--only", "4")]
    [InlineData("--public '': must be a number from 1 to 65533", "--public")]
    [InlineData("--admin 'x': must be a number from 1 to 65533", "--admin=x")]
    [InlineData("'drain' is neither an option nor a setting", "drain")]
    public async Task A_wrong_option_is_named_with_what_is_allowed(string fault, params string[] options)
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: bash");
        using var script = Start(options);

        Assert.Equal(2, await script.EndAsync());

        Assert.Contains(fault, script.Said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Whoever_does_not_stop_in_time_is_killed()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: bash");
        using var script = Start([.. Ports, "--Stays:For=ever", "--once", "--stop-within", "1"]);

        Assert.Equal(0, await script.EndAsync());

        Assert.Contains("Killing node 1 2 3", script.Said, StringComparison.Ordinal);
        Assert.Contains("node 2 ended with exit code 137: it was killed", script.Said, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_directory_is_deleted_when_that_is_wanted()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: bash");
        using var script = Start([.. Ports, "--once", "--discard"]);

        Assert.Equal(0, await script.EndAsync());

        Assert.False(Directory.Exists(Kept), script.Said);
    }

    private int Pid(int node) => int.Parse(File.ReadAllText(Path.Combine(Kept, $"node-{node}.pid")), CultureInfo.InvariantCulture);

    private Bash Start(params string[] options) =>
        new(_directory.FullName, [Path.Combine(Repository.Root, "deploy", "three-nodes.sh"), "--dir", Kept, .. options]);
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorSockets.Bench.Harness.Processes;

namespace ActorSockets.Bench.Harness.Servers;

/// <summary>One server process, pinned. Its output goes to a file, so that nobody's reading slows it down.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private static int _lastPort = 20000 + Environment.ProcessId % 5000;
    private readonly Process _process;
    private readonly Children _children;
    private readonly string _log;

    private RunningServer(ServerKind kind, Process process, int port, int adminPort, string log, Children children)
    {
        (Kind, _process, Port, AdminPort, _log, _children) = (kind, process, port, adminPort, log, children);
        ProcessId = process.Id;
    }

    public ServerKind Kind { get; }

    public int Port { get; }

    public int AdminPort { get; }

    public int ProcessId { get; }

    public static async Task<RunningServer> Start(ServerKind kind, string cores, Children children, params IReadOnlyList<string> more)
    {
        var (port, admin) = (FreePort(), FreePort());
        var log = Path.Combine(Path.GetTempPath(), $"actorsockets-bench-{Environment.ProcessId}-{kind.Name}-{port}.log");
        // The shell gives its process id on to taskset and that to the server, so the id we hold is the server's.
        var info = new ProcessStartInfo("/bin/sh", ["-c", "exec taskset -c \"$@\" >\"$LOG\" 2>&1 </dev/null", "sh", cores, .. kind.Command(port, admin), .. more]) { WorkingDirectory = kind.Folder };
        info.Environment["LOG"] = log;
        info.Environment["DOTNET_ENVIRONMENT"] = "Production";
        info.Environment["DOTNET_NOLOGO"] = "1";
        foreach (var (name, value) in kind.Environment) info.Environment[name] = value;
        var server = new RunningServer(kind, children.Start(info), port, admin, log, children);
        try
        {
            await server.BecomesReady();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Below the range the kernel takes client ports from, so that no connection of ours occupies it.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _lastPort);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody has it.
            }
        }
    }

    /// <summary>Asks it to end in its own order (SIGTERM) and waits: its exit code, or null when it has not ended in time.</summary>
    public async Task<int?> Stop(TimeSpan limit)
    {
        Signals.Terminate(ProcessId);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(limit);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        _children.End(_process);
        File.Delete(_log);
        return ValueTask.CompletedTask;
    }

    private async Task BecomesReady()
    {
        var address = Kind.Ready(Port, AdminPort);
        for (var started = Stopwatch.StartNew(); started.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(100))
        {
            if (_process.HasExited) break;
            try
            {
                using var answer = await Http.GetAsync(address);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet.
            }
        }

        throw new HarnessFault($"{Kind.Name} does not answer at {address}:\n{Tail(_log)}");
    }

    private static string Tail(string file)
    {
        var lines = File.ReadAllLines(file);
        return string.Join('\n', lines[Math.Max(0, lines.Length - 12)..]);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace ActorSockets.Tests.Shared;

/// <summary>The built gateway in a process of its own and an empty directory, told everything on the command line.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const string ClusterLine = "cluster address";
    private const string PidLine = "pid ";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorsockets-process-");
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource<(Uri Public, Uri Admin)> _listeners = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private Uri? _public;
    private Uri? _admin;

    /// <summary>A command that starts the one behind it. One that does not become it says <c>pid</c> and its number first.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    public IPEndPoint Public => new(IPAddress.Parse(_public!.Host), _public.Port);

    public Uri Admin => _admin!;

    /// <summary>Where the other nodes of a cluster reach it, as <c>Cluster:SeedNodes</c> has it.</summary>
    public string Cluster => Line(Output, ClusterLine)!;

    public string Output => Text(_output);

    public string[] Errors => Text(_errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Puts a file where the process will find it: <c>state/...</c> is its state.</summary>
    public void Write(string path, string content)
    {
        var file = new FileInfo(Path.Combine(_directory.FullName, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, content);
    }

    /// <summary>Starts it and waits until it says where it listens.</summary>
    public async Task ServeAsync(params string[] settings)
    {
        Start(settings);
        (_public, _admin) = await _listeners.Task.WaitAsync(Patience);
    }

    public void Start(params string[] settings)
    {
        string[] all =
        [
            "Kestrel:Endpoints:Public:Url=http://127.0.0.1:0", "Kestrel:Endpoints:Admin:Url=http://127.0.0.1:0",
            "ActorSockets:Hubs:echo:Handler=echo", "ActorSockets:Hubs:echo:Anonymous=true", "ActorSockets:Drain:ReadinessDelay=00:00:00",
            .. settings,
        ];
        string[] program = [.. Launcher, .. IgnoresInterrupts() ? ["env", "--default-signal=INT"] : Array.Empty<string>(), "dotnet"];
        var start = new ProcessStartInfo(program[0], program[1..]) { WorkingDirectory = _directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ActorSockets.Gateway.dll"));
        foreach (var setting in all) start.ArgumentList.Add($"--{setting}");
        start.Environment["DOTNET_ENVIRONMENT"] = start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What an orchestrator sends first.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited)
            {
                // It may end before the signal comes.
                using var kill = Process.Start("kill", ["-KILL", Id]);
                await kill.WaitForExitAsync();
            }

            await _process.WaitForExitAsync().WaitAsync(Patience);
            _process.Dispose();
        }

        _directory.Delete(recursive: true);
    }

    private string Id => Line(Output, PidLine) ?? _process!.Id.ToString(CultureInfo.InvariantCulture);

    /// <summary>A shell without job control starts what is in the background with SIGINT ignored, and whatever the tests start inherits that.</summary>
    private static bool IgnoresInterrupts()
    {
        const long interrupt = 1 << 1;
        if (!OperatingSystem.IsLinux()) return false;
        var ignored = File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal)).Split(':')[1].Trim();
        return (long.Parse(ignored, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & interrupt) != 0;
    }

    private void Read(string? line)
    {
        Append(_output, line);
        if (line is null) _listeners.TrySetException(new InvalidOperationException($"It ended:\n{Output}\n{Text(_errors)}"));
        var everything = Output;
        if (Address(everything, "public listener") is { } open && Address(everything, "admin listener") is { } admin) _listeners.TrySetResult((open, admin));
    }

    private static Uri? Address(string output, string listener) => Line(output, listener) is { } address ? new Uri(address) : null;

    private static string? Line(string output, string head) =>
        output.Split('\n').FirstOrDefault(l => l.StartsWith(head, StringComparison.Ordinal))?[head.Length..].Trim();

    private static void Append(StringBuilder text, string? line)
    {
        lock (text) text.Append(line).Append('\n');
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }
}

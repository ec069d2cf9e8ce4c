using System.Diagnostics;
using System.Text;

namespace ActorSockets.Acceptance;

/// <summary>A program of <c>samples/</c> as a user starts it: its lines are read, and lines may be written to it.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private bool _gone;

    private SampleProcess(Process process) => _process = process;

    internal static SampleProcess Start(string program, string folder, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = Path.Combine(RunningApp.Repository, folder),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var sample = new SampleProcess(Process.Start(start)!);
        sample._process.OutputDataReceived += (_, line) => sample.Add(line.Data);
        sample._process.ErrorDataReceived += (_, line) => sample.Add(line.Data);
        sample._process.BeginOutputReadLine();
        sample._process.BeginErrorReadLine();
        return sample;
    }

    internal Task SayAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    internal async Task UntilAsync(string text)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var clock = Stopwatch.StartNew();
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(clock.Elapsed < Patience, $"'{text}' did not come:\n{Output}");
            Assert.False(_process.HasExited && clock.Elapsed > TimeSpan.FromSeconds(5), $"ended without '{text}':\n{Output}");
            await pause.WaitForNextTickAsync();
        }
    }

    private string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A test may end it earlier than its block does.
        if (_gone) return;
        _gone = true;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Add(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}

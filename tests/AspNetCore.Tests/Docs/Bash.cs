using System.Collections.Concurrent;
using System.Diagnostics;

namespace ActorSockets.AspNetCore.Tests.Docs;

/// <summary>A shell that runs, and what it has said. No wait is longer than a minute.</summary>
internal sealed class Bash : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _news = new(0);

    /// <param name="path">Put before what the environment has, for programs that stand in for others.</param>
    /// <param name="arguments">Of bash.</param>
    internal Bash(string? path, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (path is not null) start.Environment["PATH"] = $"{path}:{start.Environment["PATH"]}";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Heard(line.Data);
        _process.ErrorDataReceived += (_, line) => Heard(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal int Id => _process.Id;

    /// <summary>Everything on both outputs until now.</summary>
    internal string Said => string.Join('\n', _lines);

    internal async Task<string> LineAsync(string beginning)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_lines.FirstOrDefault(l => l.StartsWith(beginning, StringComparison.Ordinal)) is { } line) return line;
            try
            {
                await _news.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"no line begins with '{beginning}':\n{Said}");
            }
        }
    }

    /// <summary>Its exit code, when all is said.</summary>
    internal async Task<int> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _news.Dispose();
    }

    private void Heard(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        _news.Release();
    }
}

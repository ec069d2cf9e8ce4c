using System.Diagnostics;
using System.Text.Json;
using ActorSockets.Regulars;

namespace ActorSockets.Cluster.Tests;

/// <summary>Plain clients that come back in their slots, in a process of their own.</summary>
internal sealed class RegularsProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private RegularsProcess(Process process) => _process = process;

    internal static RegularsProcess Start(int port, int count, string hub)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Attempt).Assembly.Location, $"{port}", $"{count}", hub]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new RegularsProcess(Process.Start(start)!);
    }

    /// <summary>Waits until all have come; says how many there are.</summary>
    internal Task<string> ComeAsync() => LineAsync();

    /// <summary>What each has seen so far, in order, by client.</summary>
    internal async Task<ILookup<int, Attempt>> ReportAsync()
    {
        await _process.StandardInput.WriteLineAsync("report");
        return JsonSerializer.Deserialize<Attempt[]>(await LineAsync())!.ToLookup(a => a.Client);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task<string> LineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _process.StandardOutput.ReadLineAsync(patience.Token) ?? throw new InvalidOperationException("The clients ended early.");
    }
}

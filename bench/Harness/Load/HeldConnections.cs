using System.Diagnostics;
using ActorSockets.Bench.Harness.Processes;

namespace ActorSockets.Bench.Harness.Load;

/// <summary>Connections that another process holds open and answers pings on.</summary>
internal sealed class HeldConnections(Process process, LoadLine ready, Children children) : IAsyncDisposable
{
    private Task<string?>? _next;

    /// <summary>How the connecting went.</summary>
    public LoadLine Ready => ready;

    /// <summary>The generator's process, for readings.</summary>
    public int ProcessId => process.Id;

    /// <summary>Echoes once on a sample of the held connections.</summary>
    public async Task<LoadLine> Echo(TimeSpan limit)
    {
        await process.StandardInput.WriteAsync('e');
        await process.StandardInput.FlushAsync();
        return await NextLine(limit);
    }

    /// <summary>Waits until the server has ended every connection, and says how they ended; of those still open then, that they are.</summary>
    public async Task<LoadLine> Ended(TimeSpan limit)
    {
        _next ??= process.StandardOutput.ReadLineAsync();
        return await Task.WhenAny(_next, Task.Delay(limit)) == _next ? Line(await _next) : await Release();
    }

    /// <summary>Ends the holding, with a close handshake on every connection, and says how it went.</summary>
    public async Task<LoadLine> Release()
    {
        process.StandardInput.Close();
        var line = await NextLine(TimeSpan.FromSeconds(30));
        // The generator waits at most five seconds for the peer's close frames.
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return line;
    }

    private async Task<LoadLine> NextLine(TimeSpan limit)
    {
        // One read at a time: one that outlived its patience is the next one's.
        _next ??= process.StandardOutput.ReadLineAsync();
        if (await Task.WhenAny(_next, Task.Delay(limit)) != _next) throw new HarnessFault($"the load generator did not answer within {limit.TotalSeconds:0} s");
        var line = Line(await _next);
        _next = null;
        return line;
    }

    private static LoadLine Line(string? text) =>
        text is null ? throw new HarnessFault("the load generator died while it held connections") : LoadGenerator.Parse(text);

    public ValueTask DisposeAsync()
    {
        children.End(process);
        return ValueTask.CompletedTask;
    }
}

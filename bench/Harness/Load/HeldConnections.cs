using System.Diagnostics;
using ActorSockets.Bench.Harness.Processes;

namespace ActorSockets.Bench.Harness.Load;

/// <summary>Connections that another process holds open and answers pings on.</summary>
internal sealed class HeldConnections(Process process, LoadLine ready, Children children) : IAsyncDisposable
{
    /// <summary>How the connecting went.</summary>
    public LoadLine Ready => ready;

    /// <summary>Ends the holding, with a close handshake on every connection, and says how it went.</summary>
    public async Task<LoadLine> Release()
    {
        process.StandardInput.Close();
        var line = await process.StandardOutput.ReadLineAsync();
        // The generator waits at most five seconds for the peer's close frames.
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return line is null ? throw new HarnessFault("the load generator died while it held connections") : LoadGenerator.Parse(line);
    }

    public ValueTask DisposeAsync()
    {
        children.End(process);
        return ValueTask.CompletedTask;
    }
}

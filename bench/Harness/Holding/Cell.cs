using ActorSockets.Bench.Harness.Load;
using ActorSockets.Bench.Harness.Servers;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>One gateway process and the generator process that holds connections to it.</summary>
internal sealed class Cell(RunningServer server, HeldConnections clients) : IAsyncDisposable
{
    /// <summary>Handshakes under way at once: enough to keep the server at work, few enough to fit any backlog.</summary>
    private const int Parallel = 128;

    public RunningServer Server => server;

    public HeldConnections Clients => clients;

    public long Held => clients.Ready.Opened;

    public static async Task<Cell> Fill(ServerKind kind, LoadGenerator load, string cores, Processes.Children children, int connections, int place, CancellationToken cancellation)
    {
        var server = await RunningServer.Start(kind, cores, children);
        try
        {
            // Every generator begins at another source address; so none runs out of ports.
            var clients = await load.Hold(server, ["--connections", $"{connections}", "--parallel", $"{Parallel}", "--first-source", $"{2 + place}"], cancellation);
            return new Cell(server, clients);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await clients.DisposeAsync();
        await server.DisposeAsync();
    }
}

using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace ActorSockets.Bench.Harness.Readings;

/// <summary>
/// The live heap of any .NET process, after a full collection that the reading itself orders through the runtime's
/// diagnostics port. So it is the same for every server, and none needs an endpoint of its own for it.
/// </summary>
internal static class ManagedHeap
{
    private const long CollectKeyword = 0x800000;

    public static async Task<long> LiveBytes(int processId)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var client = new DiagnosticsClient(processId);
        var provider = new EventPipeProvider("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, (long)ClrTraceEventParser.Keywords.GC | CollectKeyword);
        using var session = await client.StartEventPipeSessionAsync([provider], requestRundown: false, circularBufferMB: 16, bound.Token);
        long? live = null;
        var reading = Task.Run(() =>
        {
            using var source = new EventPipeEventSource(session.EventStream);
            source.Clr.GCHeapStats += stats =>
                live = stats.GenerationSize0 + stats.GenerationSize1 + stats.GenerationSize2 + stats.GenerationSize3 + stats.GenerationSize4;
            source.Process();
        }, bound.Token);

        // The event lies in the runtime's buffer until the session ends, which flushes it.
        await Task.Delay(TimeSpan.FromSeconds(2), bound.Token);
        await session.StopAsync(bound.Token);
        await reading.WaitAsync(bound.Token);
        return live ?? throw new HarnessFault($"process {processId} reported no collection");
    }
}

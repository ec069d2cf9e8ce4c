using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace ActorSockets.Bench.Harness.Readings;

/// <summary>
/// What a .NET process holds: the live heap, after a full collection that the reading itself orders through the runtime's diagnostics
/// port, and its timers. So it is the same for every server, and none needs an endpoint of its own for it.
/// </summary>
/// <param name="LiveBytes">Of all generations, fragmentation included.</param>
/// <param name="Timers">Armed timers of the runtime; what stands in Akka's wheel is not among them.</param>
internal sealed record ManagedHeap(long LiveBytes, int Timers)
{
    private const long CollectKeyword = 0x800000;

    public static async Task<ManagedHeap> Read(int processId)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var client = new DiagnosticsClient(processId);
        EventPipeProvider[] providers =
        [
            new("Microsoft-Windows-DotNETRuntime", EventLevel.Informational, (long)ClrTraceEventParser.Keywords.GC | CollectKeyword),
            new("System.Runtime", EventLevel.Informational, arguments: new Dictionary<string, string> { ["EventCounterIntervalSec"] = "1" }),
        ];
        using var session = await client.StartEventPipeSessionAsync(providers, requestRundown: false, circularBufferMB: 16, bound.Token);
        long? live = null;
        var timers = 0;
        var reading = Task.Run(() =>
        {
            using var source = new EventPipeEventSource(session.EventStream);
            source.Clr.GCHeapStats += stats =>
                live = stats.GenerationSize0 + stats.GenerationSize1 + stats.GenerationSize2 + stats.GenerationSize3 + stats.GenerationSize4;
            source.Dynamic.All += counter =>
            {
                if (Value(counter, "active-timer-count") is { } value) timers = (int)value;
            };
            source.Process();
        }, bound.Token);

        // The events lie in the runtime's buffer until the session ends, which flushes it.
        await Task.Delay(TimeSpan.FromSeconds(2), bound.Token);
        await session.StopAsync(bound.Token);
        await reading.WaitAsync(bound.Token);
        return new ManagedHeap(live ?? throw new HarnessFault($"process {processId} reported no collection"), timers);
    }

    private static double? Value(TraceEvent counter, string name) =>
        counter.EventName == "EventCounters" && counter.PayloadValue(0) is IDictionary<string, object> outer
        && outer["Payload"] is IDictionary<string, object> fields && fields["Name"] as string == name
            ? fields["Mean"] as double?
            : null;
}

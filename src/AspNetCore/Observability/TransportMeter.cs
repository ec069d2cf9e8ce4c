using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Counts messages on the hot path: a plain number for each processor, which the metrics ask for when somebody wants to know. Telling
/// them of each message cost more than framing it, because each listener looks its tags up every time.
/// </summary>
internal sealed class TransportMeter : ITransportMeter
{
    private static readonly KeyValuePair<string, object?> In = new("direction", "in");
    private static readonly KeyValuePair<string, object?> Out = new("direction", "out");

    private readonly Counts[] _counts = new Counts[Environment.ProcessorCount];
    private readonly Counter<long> _dropped;

    internal TransportMeter(Meter meter)
    {
        meter.CreateObservableCounter<long>(
            "actorsockets.messages", () => [new(Sum(static (in c) => c.MessagesIn), In), new(Sum(static (in c) => c.MessagesOut), Out)], "{message}", "Data messages, by direction.");
        meter.CreateObservableCounter<long>(
            "actorsockets.message.bytes", () => [new(Sum(static (in c) => c.BytesIn), In), new(Sum(static (in c) => c.BytesOut), Out)], "By", "Payload of data messages, by direction.");
        _dropped = meter.CreateCounter<long>("actorsockets.messages.dropped", "{message}", "Messages that were dropped because a client reads too slowly.");
    }

    private delegate long Selector(in Counts counts);

    private ref Counts Mine => ref _counts[(uint)Thread.GetCurrentProcessorId() % (uint)_counts.Length];

    public void MessageReceived(int bytes)
    {
        ref var mine = ref Mine;
        Interlocked.Increment(ref mine.MessagesIn);
        Interlocked.Add(ref mine.BytesIn, bytes);
    }

    public void MessageSent(int bytes)
    {
        ref var mine = ref Mine;
        Interlocked.Increment(ref mine.MessagesOut);
        Interlocked.Add(ref mine.BytesOut, bytes);
    }

    public void MessageDropped()
    {
        if (_dropped.Enabled) _dropped.Add(1);
    }

    public void PingSent()
    {
        // Pings are no messages; nobody has asked for their number yet.
    }

    private long Sum(Selector of)
    {
        var sum = 0L;
        for (var i = 0; i < _counts.Length; i++) sum += of(in _counts[i]);
        return sum;
    }

    /// <summary>A cache line and its neighbour, so that processors do not wait for each other.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    private struct Counts
    {
        internal long MessagesIn;
        internal long BytesIn;
        internal long MessagesOut;
        internal long BytesOut;
    }
}

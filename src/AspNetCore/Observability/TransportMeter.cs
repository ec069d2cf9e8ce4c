using System.Diagnostics.Metrics;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Counts messages on the hot path. Tags are built once and passed one by one (the overload that needs no array), and nothing
/// at all happens while nobody listens.
/// </summary>
internal sealed class TransportMeter(Meter meter)
{
    private static readonly KeyValuePair<string, object?> In = new("direction", "in");
    private static readonly KeyValuePair<string, object?> Out = new("direction", "out");

    private readonly Counter<long> _messages = meter.CreateCounter<long>("actorsockets.messages", "{message}", "Data messages, by direction.");
    private readonly Counter<long> _bytes = meter.CreateCounter<long>("actorsockets.message.bytes", "By", "Payload of data messages, by direction.");
    private readonly Counter<long> _dropped = meter.CreateCounter<long>("actorsockets.messages.dropped", "{message}", "Messages that were dropped because a client reads too slowly.");

    internal void MessageIn(int bytes) => Count(bytes, in In);

    internal void MessageOut(int bytes) => Count(bytes, in Out);

    internal void Dropped(int messages)
    {
        if (_dropped.Enabled) _dropped.Add(messages);
    }

    private void Count(int bytes, in KeyValuePair<string, object?> direction)
    {
        if (_messages.Enabled) _messages.Add(1, direction);
        if (_bytes.Enabled) _bytes.Add(bytes, direction);
    }
}

using System.Diagnostics.Metrics;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Counts messages on the hot path. Tags are built once and passed one by one (the overload that needs no array), and nothing
/// at all happens while nobody listens.
/// </summary>
internal sealed class TransportMeter(Meter meter) : ITransportMeter
{
    private static readonly KeyValuePair<string, object?> In = new("direction", "in");
    private static readonly KeyValuePair<string, object?> Out = new("direction", "out");

    private readonly Counter<long> _messages = meter.CreateCounter<long>("actorsockets.messages", "{message}", "Data messages, by direction.");
    private readonly Counter<long> _bytes = meter.CreateCounter<long>("actorsockets.message.bytes", "By", "Payload of data messages, by direction.");
    private readonly Counter<long> _dropped = meter.CreateCounter<long>("actorsockets.messages.dropped", "{message}", "Messages that were dropped because a client reads too slowly.");

    public void MessageReceived(int bytes) => Count(bytes, in In);

    public void MessageSent(int bytes) => Count(bytes, in Out);

    public void MessageDropped()
    {
        if (_dropped.Enabled) _dropped.Add(1);
    }

    public void PingSent()
    {
        // Pings are no messages; nobody has asked for their number yet.
    }

    private void Count(int bytes, in KeyValuePair<string, object?> direction)
    {
        if (_messages.Enabled) _messages.Add(1, direction);
        if (_bytes.Enabled) _bytes.Add(bytes, direction);
    }
}

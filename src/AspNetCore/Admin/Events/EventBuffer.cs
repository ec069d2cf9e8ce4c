using System.Threading.Channels;

namespace ActorSockets.AspNetCore.Admin.Events;

/// <summary>
/// Between the node and one subscriber: the node only ever adds, and what the subscriber does not fetch in time falls out at
/// the other end and is counted.
/// </summary>
internal sealed class EventBuffer
{
    internal const int DefaultCapacity = 1000;

    private readonly Channel<AdminEvent> _channel;
    private long _dropped;

    internal EventBuffer(int capacity)
    {
        var options = new BoundedChannelOptions(capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true };
        _channel = Channel.CreateBounded<AdminEvent>(options, _ => Interlocked.Increment(ref _dropped));
    }

    internal ChannelReader<AdminEvent> Reader => _channel.Reader;

    internal void Add(AdminEvent item) => _channel.Writer.TryWrite(item);

    /// <summary>Only into an empty buffer: where something waits, that shows the wire is alive, and nothing falls out for this.</summary>
    internal void AddHeartbeat()
    {
        if (_channel.Reader.Count == 0) _channel.Writer.TryWrite(AdminEvent.Heartbeat);
    }

    /// <summary>How many fell out since the last call.</summary>
    internal long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);
}

namespace ActorSockets.Actors.Connections;

/// <summary>Counters of one transport. Time stamps are those of <see cref="TimeProvider.GetTimestamp"/>; 0 means never.</summary>
internal readonly record struct TransportActivity(
    long LastInboundData,
    long LastOutboundData,
    long MessagesIn,
    long MessagesOut,
    long BytesIn,
    long BytesOut,
    long QueuedBytes,
    int QueuedMessages,
    long Dropped);

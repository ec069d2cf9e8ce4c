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
    long Dropped)
{
    /// <summary>In the middle of a message: its bytes are arriving, or its handler works on it.</summary>
    public bool Busy { get; init; }

    /// <summary>Somebody has ordered its end.</summary>
    public bool Closing { get; init; }

    /// <summary>There is no transport: the session waits for its client to come back.</summary>
    public bool Detached { get; init; }
}

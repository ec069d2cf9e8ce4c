namespace ActorSockets.AspNetCore.Sockets;

/// <summary>What became of an offered message.</summary>
internal enum Offer
{
    /// <summary>Nobody writes: whoever offered it writes it now, and then what has come meanwhile.</summary>
    WriteNow,

    /// <summary>It waits for its turn.</summary>
    Queued,

    /// <summary>The queue is full: this message was dropped.</summary>
    DroppedNewest,

    /// <summary>The queue is full: older ones were dropped for this one.</summary>
    DroppedOldest,

    /// <summary>The queue is full, and the connection is to be closed for it.</summary>
    Full,

    /// <summary>Nothing is taken any more.</summary>
    Closed,
}

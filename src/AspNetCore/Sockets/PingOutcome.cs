namespace ActorSockets.AspNetCore.Sockets;

/// <summary>What became of a ping.</summary>
internal enum PingOutcome
{
    /// <summary>It went out, or is on its way.</summary>
    Sent,

    /// <summary>A frame is being written; its progress is the sign of life to look at.</summary>
    Busy,

    /// <summary>A close frame was sent, after which nothing may follow (RFC 6455 section 5.5.1), or the connection is gone.</summary>
    Closed,
}

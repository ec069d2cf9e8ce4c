namespace ActorSockets.Actors.Endings;

/// <summary>The nine causes for which a WebSocket connection ends.</summary>
public enum EndingCategory
{
    /// <summary>One side decided to close.</summary>
    ActiveClose,

    /// <summary>Nobody had anything to say for too long.</summary>
    IdleTimeout,

    /// <summary>A handler, an upstream or this server failed.</summary>
    Error,

    /// <summary>The peer or the way to it was lost.</summary>
    Network,

    /// <summary>The peer broke the protocol.</summary>
    Protocol,

    /// <summary>A limit was reached.</summary>
    ResourceLimit,

    /// <summary>A security policy decided it.</summary>
    Security,

    /// <summary>The session's authorization ended.</summary>
    Session,

    /// <summary>The operators need the node.</summary>
    Maintenance,
}

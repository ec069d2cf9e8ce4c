namespace ActorSockets.Actors.Endings;

/// <summary>What a client should do after an ending.</summary>
public enum ReconnectAdvice
{
    /// <summary>The client ended it itself and knows.</summary>
    ClientDecides,

    /// <summary>Do not come back by yourself.</summary>
    No,

    /// <summary>When there is something to say.</summary>
    WhenNeeded,

    /// <summary>At once.</summary>
    Yes,

    /// <summary>With exponential back-off and jitter.</summary>
    BackOff,

    /// <summary>Later: the limit that ended this session is still there.</summary>
    Later,

    /// <summary>With a new token.</summary>
    WithNewToken,

    /// <summary>At the moment that <c>retry-after-ms</c> in the close text names.</summary>
    InSlot,
}

namespace ActorSockets.Crowd;

/// <summary>How a member of the crowd leaves.</summary>
public enum Manner
{
    /// <summary>TCP reset.</summary>
    Reset,

    /// <summary>Sends a close frame and waits for the answer.</summary>
    Close,

    /// <summary>Waits to be closed through the admin API.</summary>
    Kicked,

    /// <summary>Waits to be closed for saying nothing.</summary>
    Idle,

    /// <summary>Waits to be closed because its address is banned.</summary>
    Banned,

    /// <summary>Ends its half of the TCP connection without a close frame.</summary>
    Fin,

    /// <summary>Ends TCP in the middle of a frame.</summary>
    HalfFrame,

    /// <summary>Sends a frame that is not masked.</summary>
    Unmasked,

    /// <summary>Sends text that is not UTF-8.</summary>
    BadText,

    /// <summary>Does not answer pings any more.</summary>
    Mute,
}

namespace ActorSockets.Actors.Connections;

/// <summary>How the end of a transport went on the wire.</summary>
public enum CloseOutcome
{
    /// <summary>Both close frames were exchanged (RFC 6455 section 7.1.4).</summary>
    Clean,

    /// <summary>Our close frame went out, the peer ended TCP or stayed silent until the handshake's bound.</summary>
    Unanswered,

    /// <summary>Cut without a close frame, or before it could be written.</summary>
    Aborted,

    /// <summary>The peer was gone before we could say anything.</summary>
    Lost,

    /// <summary>The upgrade never happened.</summary>
    NeverOpened,
}

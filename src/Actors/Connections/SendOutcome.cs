namespace ActorSockets.Actors.Connections;

/// <summary>What became of a message that was handed to a connection.</summary>
public enum SendOutcome
{
    /// <summary>Queued or written; not necessarily received.</summary>
    Queued,

    /// <summary>The queue was full and <c>WhenSlow</c> dropped this message or an older one; counted.</summary>
    Dropped,

    /// <summary>The connection is closing or closed, or was closed because the queue was full.</summary>
    Closed,
}

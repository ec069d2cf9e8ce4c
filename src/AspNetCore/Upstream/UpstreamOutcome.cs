namespace ActorSockets.AspNetCore.Upstream;

/// <summary>How a call ended, retries included; bounded, for metrics and the log.</summary>
internal enum UpstreamOutcome
{
    /// <summary>2xx.</summary>
    Ok,

    /// <summary>3xx or 4xx.</summary>
    Refused,

    /// <summary>5xx to the last try.</summary>
    Failed,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>No connection, or it broke, to the last try.</summary>
    Unreachable,

    /// <summary>Not sent, because the server has just failed too often.</summary>
    CircuitOpen,

    /// <summary>An answer that cannot be used: too long, or not what it says it is.</summary>
    BadAnswer,

    /// <summary>A long answer for which this node had no room in time.</summary>
    NoRoom,

    /// <summary>The upstream does not allow this gateway to call it.</summary>
    NotAllowed,

    /// <summary>No event handler takes this event.</summary>
    NoHandler,

    /// <summary>Given up before it was sent, because its connection is gone or too much was waiting.</summary>
    Dropped,
}

/// <summary>A try that has no answer to show.</summary>
internal sealed class UpstreamFaultException(UpstreamOutcome outcome, bool passing, string message, Exception? inner = null) : Exception(message, inner)
{
    internal UpstreamOutcome Outcome => outcome;

    /// <summary>May go better in a moment.</summary>
    internal bool Passing => passing;
}

/// <summary>What became of a call.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reply">The answer; null where there is none.</param>
/// <param name="Why">For the log; null for <see cref="UpstreamOutcome.Ok"/>.</param>
internal readonly record struct UpstreamResult(UpstreamOutcome Outcome, UpstreamReply? Reply, string? Why);

namespace ActorSockets.Actors.Supervision;

/// <summary>Why no session began. Answered before the upgrade as problem+json.</summary>
/// <param name="Id">The fixed name of the check that failed.</param>
/// <param name="Status">HTTP status (RFC 9110 section 15).</param>
/// <param name="Detail">One sentence for people: what was wrong and what is allowed.</param>
/// <param name="RetryAfter">Set when waiting helps; jitter is added where the answer is written.</param>
public sealed record Refusal(string Id, int Status, string Detail, TimeSpan? RetryAfter = null);

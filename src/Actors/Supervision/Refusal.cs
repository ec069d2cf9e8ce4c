namespace ActorSockets.Actors.Supervision;

/// <summary>Why no session began. Answered before the upgrade as problem+json.</summary>
/// <param name="Id">The fixed name of the check that failed.</param>
/// <param name="Status">HTTP status (RFC 9110 section 15).</param>
/// <param name="Detail">One sentence for people: what was wrong and what is allowed.</param>
/// <param name="RetryAfter">The shortest wait that can help; null when waiting does not.</param>
/// <param name="RetrySpread">Each client is told its own moment within this time after <paramref name="RetryAfter"/>, so that they do not return together.</param>
public sealed record Refusal(string Id, int Status, string Detail, TimeSpan? RetryAfter = null, TimeSpan RetrySpread = default);

namespace ActorSockets.AspNetCore.Observability;

/// <summary>Whether this node wants traffic.</summary>
internal interface IReadiness
{
    /// <summary>Answers soon, whatever the state of the node is.</summary>
    ValueTask<ReadinessReport> LookAsync(CancellationToken cancellation);
}

/// <param name="Reasons">Why not; empty = ready. Fixed words: <c>starting</c>, <c>stopping</c>, <c>draining</c>, <c>overloaded</c>, <c>no-answer</c>, and those of <see cref="IReadinessCondition"/>.</param>
internal sealed record ReadinessReport(IReadOnlyList<string> Reasons)
{
    public bool Ready => Reasons.Count == 0;
}

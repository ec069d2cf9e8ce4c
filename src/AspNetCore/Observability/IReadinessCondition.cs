namespace ActorSockets.AspNetCore.Observability;

/// <summary>Something that a part of the node waits for before the node wants traffic. Every registered one must hold.</summary>
internal interface IReadinessCondition
{
    /// <summary>A fixed word that says what is waited for; null = it holds. Answers at once.</summary>
    string? Reason { get; }
}

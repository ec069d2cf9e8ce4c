namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>What is new of a rolling drain.</summary>
internal enum RollingNews
{
    /// <summary>It was ordered.</summary>
    Announced,

    /// <summary>A node is further, or it was paused or resumed.</summary>
    Progressed,

    /// <summary>Completed or cancelled.</summary>
    Ended,
}

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>What is new of a rolling drain.</summary>
internal enum RollingNews
{
    /// <summary>It was ordered.</summary>
    Announced,

    /// <summary>A node is further, it was paused, resumed or cancelled, or a second has passed.</summary>
    Progressed,

    /// <summary>Completed, or cancelled and the node under way serves again; said once.</summary>
    Ended,
}

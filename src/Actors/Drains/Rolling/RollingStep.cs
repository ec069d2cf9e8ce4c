using ActorSockets.Actors.Cluster;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>What whoever drives a rolling drain does next.</summary>
internal abstract record RollingStep
{
    private RollingStep()
    {
    }

    /// <summary>Nothing for now.</summary>
    /// <param name="Why">What is waited for, where an operator may want to know; null for the usual course.</param>
    internal sealed record Hold(string? Why = null) : RollingStep;

    /// <summary>A node has come into a phase.</summary>
    internal sealed record Enter(RollingNode Node, NodePhase Phase, RollingFact Fact) : RollingStep;

    /// <summary>Tell the drains of a node something. All that is told may be told again.</summary>
    internal sealed record Tell(MemberNode Node, DrainProtocol.ICrossing Order) : RollingStep;

    /// <summary>Nothing is left to do.</summary>
    internal sealed record Finish : RollingStep;
}

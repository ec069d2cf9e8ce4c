using ActorSockets.Actors.Supervision;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>What whoever drives has seen before a step.</summary>
/// <param name="Nodes">How each node is, by id; without those that did not say.</param>
/// <param name="Part">What the node that drains, or is next, says of its drain; null when it was not asked or did not answer. It is asked after <paramref name="Nodes"/>: one that refuses by its drain says then that it has it.</param>
internal sealed record RollingLook(IReadOnlyDictionary<string, SupervisorProtocol.CensusReport> Nodes, PartLook? Part);

/// <param name="Id">Of the node's drain.</param>
/// <param name="Drain">Null when the node has no such drain.</param>
internal sealed record PartLook(string Id, DrainView? Drain);

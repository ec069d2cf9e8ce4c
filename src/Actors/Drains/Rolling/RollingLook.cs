using ActorSockets.Actors.Supervision;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>What whoever drives has seen before a step.</summary>
/// <param name="Nodes">How each node is, by id; without those that did not say.</param>
/// <param name="Part">What the node that drains, or is next, says of its drain; null when it was not asked or did not answer. It is asked after <paramref name="Nodes"/>: one that refuses by its drain says then that it has it.</param>
internal sealed record RollingLook(IReadOnlyDictionary<string, SupervisorProtocol.CensusReport> Nodes, PartLook? Part);

/// <param name="Id">Of the node's drain.</param>
/// <param name="Drain">Null when the node has no such drain.</param>
internal sealed record PartLook(string Id, DrainView? Drain);

/// <summary>How the drain of the node under way was when it was last looked at, for what is told.</summary>
/// <param name="Id">Of the node's drain.</param>
/// <param name="Drain">Null when nothing has been heard of it.</param>
/// <param name="Answers">False when the node did not answer the last time; the drain is then as it was before.</param>
internal sealed record PartSeen(string Id, DrainView? Drain, bool Answers);

namespace ActorSockets.Actors.Routing;

/// <summary>
/// The place of a publication among all that its node says to everybody: the same number at every node, in the order in which it was said. Tells
/// two nodes that are at different places in the same stream which part of it each of them has.
/// </summary>
/// <param name="By">The tag of the node that says it.</param>
/// <param name="Number">From 1, without a gap.</param>
internal readonly record struct Mark(string By, long Number);

using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Sessions of a hub are going to be closed, a few at a time.</summary>
/// <param name="Drain">Id of the drain.</param>
/// <param name="Ending">Why.</param>
/// <param name="StartsAt">When it starts; with a readiness delay the first close comes later.</param>
/// <param name="EndsAt">When the last one is gone, unless it is paused.</param>
/// <param name="Connections">How many it covers, on all hubs.</param>
/// <param name="Cancelled">True when what was announced before will not go on.</param>
public sealed record DrainAnnouncement(string Drain, Ending Ending, DateTimeOffset StartsAt, DateTimeOffset EndsAt, int Connections, bool Cancelled);

using System.Collections.Frozen;
using ActorSockets.Actors.Endings;

namespace ActorSockets.Actors.Settings;

/// <summary>What is in force for one hub: the node's sections with the hub's own laid over them. Immutable; replaced whole on a change.</summary>
internal sealed record HubSettings(string Name, LimitOptions Limits, TimerOptions Timers, bool EndOnTokenExpiry)
{
    /// <summary>A further limit of this hub alone; 0 = none.</summary>
    public int HubMaxConnections { get; init; }
}

/// <summary>What is in force on the node. Immutable; replaced whole on a change.</summary>
internal sealed record NodeSettings(
    LimitOptions Limits,
    TimerOptions Timers,
    SecurityOptions Security,
    DrainOptions Drain,
    FrozenDictionary<string, HubSettings> Hubs,
    FrozenDictionary<string, int> EndingCodes)
{
    /// <summary>Sessions that outlive their sockets.</summary>
    public SessionOptions Sessions { get; init; } = new();

    /// <summary>The close code of an ending, <c>Endings:{id}:Code</c> considered.</summary>
    public int? CodeOf(Ending ending) => EndingCodes.TryGetValue(ending.Id, out var code) ? code : ending.Code;

    /// <summary>The settings of a hub; the node's for a hub that is not configured any more but still has connections.</summary>
    public HubSettings Hub(string name) =>
        Hubs.TryGetValue(name, out var hub) ? hub : new HubSettings(name, Limits, Timers, Timers.EndOnTokenExpiry ?? true);
}

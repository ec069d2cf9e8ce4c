using System.Collections.Concurrent;
using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// The value of the tag <c>hub</c>: the name of a configured hub, else <c>other</c>. A name that was in use is kept, because a
/// session that outlives its hub's configuration must be subtracted where it was added. Only operators add names.
/// </summary>
internal sealed class HubTag(Live<NodeSettings> settings)
{
    private readonly ConcurrentDictionary<string, bool> _used = new(StringComparer.Ordinal);

    internal string ForOpening(string hub)
    {
        if (_used.ContainsKey(hub)) return hub;
        if (!settings.Current.Hubs.ContainsKey(hub)) return TelemetryNames.OtherHub;
        _used.TryAdd(hub, true);
        return hub;
    }

    internal string ForEnding(string hub) => _used.ContainsKey(hub) ? hub : TelemetryNames.OtherHub;
}

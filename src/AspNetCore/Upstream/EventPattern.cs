using System.Collections.Frozen;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>Which events of clients an upstream takes: all, or those of a list, in any case.</summary>
internal sealed class EventPattern
{
    internal const string Allowed = "must be *, or names of events separated by commas; a name is " + EventName.Allowed;

    private readonly FrozenSet<string>? _names;

    private EventPattern(FrozenSet<string>? names) => _names = names;

    /// <summary>Null when it is not <see cref="Allowed"/>.</summary>
    internal static EventPattern? TryParse(string text)
    {
        if (text.Trim() == "*") return new EventPattern(null);
        var names = text.Split(',', StringSplitOptions.TrimEntries);
        return names.All(n => EventName.IsValid(n)) ? new EventPattern(names.ToFrozenSet(StringComparer.OrdinalIgnoreCase)) : null;
    }

    internal bool Matches(string eventName) => _names?.Contains(eventName) ?? true;
}

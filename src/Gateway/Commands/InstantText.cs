using ActorSockets.AspNetCore.Admin.Reading;

namespace ActorSockets.Gateway.Commands;

/// <summary>Moments as people type them: RFC 3339 with an offset, or how far from now.</summary>
internal static class InstantText
{
    internal const string Allowed = "must be a time with offset such as 2026-01-31T22:00:00Z, or a duration from now such as 10m";
    internal const string AllowedBefore = "must be a time with offset such as 2026-01-31T22:00:00Z, or a duration before now such as 10m";

    internal static bool TryParse(string text, DateTimeOffset now, bool before, out DateTimeOffset instant)
    {
        if (FieldText.TryInstant(text, out instant)) return true;
        if (!DurationText.TryParse(text, out var distance)) return false;
        instant = before ? now - distance : now + distance;
        return true;
    }
}

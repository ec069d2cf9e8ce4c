using System.Globalization;
using System.Net;
using ActorSockets.Actors.Security;
using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>The text forms of values, the same in queries and bodies.</summary>
internal static class FieldText
{
    internal const string DurationAllowed = "must be a duration [d.]hh:mm:ss[.fff], not negative.";
    internal const string InstantAllowed = "must be a time with offset as in 2026-01-31T12:00:00Z (RFC 3339).";
    internal const string NetworkAllowed = "must be an address or a CIDR range without host bits.";

    internal static bool TryDuration(string text, out TimeSpan value) =>
        ValueForm.TryDuration(text, out value);

    /// <summary>Only with an offset: a time without one means something else on every machine.</summary>
    internal static bool TryInstant(string text, out DateTimeOffset value)
    {
        var offset = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out value) && offset;
    }

    internal static bool TryNetwork(string text, out IPNetwork value) => AddressRange.TryParseWithSingle(text, out value);
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ActorSockets.Actors.Security;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>How one value is written: parses it strictly, and says what is allowed when it is not that.</summary>
internal static partial class ValueForm
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>True for a type that is written as one value.</summary>
    public static bool IsScalar(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsEnum || type == typeof(string) || type == typeof(int) || type == typeof(double) || type == typeof(bool)
            || type == typeof(TimeSpan) || type == typeof(IPNetwork) || type == typeof(Uri);
    }

    /// <summary>The value, or null when the text is not of this form or out of range.</summary>
    public static object? Parse(Type type, string text, RangeAttribute? range)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        object? value = type switch
        {
            _ when type == typeof(string) => text,
            _ when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, Culture, out var whole) ? whole : null,
            _ when type == typeof(double) => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, Culture, out var number) ? number : null,
            _ when type == typeof(bool) => bool.TryParse(text, out var truth) ? truth : null,
            _ when type == typeof(TimeSpan) => TryDuration(text, out var duration) ? duration : null,
            _ when type == typeof(IPNetwork) => AddressRange.TryParse(text, out var network) ? network : null,
            _ when type == typeof(Uri) => Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null,
            _ => Name(type, text) is { } name ? Enum.Parse(type, name) : null,
        };
        return value is null || range is null || InRange((IComparable)value, range) ? value : null;
    }

    /// <summary>What a value of this type may be, to end the sentence of a fault.</summary>
    public static string Allowed(Type type, RangeAttribute? range)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        var bounds = range is null ? "" : string.Create(Culture, $" from {range.Minimum} to {range.Maximum}");
        return type switch
        {
            _ when type == typeof(int) => $"must be a whole number{bounds}",
            _ when type == typeof(double) => $"must be a number{bounds}",
            _ when type == typeof(bool) => "must be true or false",
            _ when type == typeof(TimeSpan) => $"must be a duration hh:mm:ss[.fff], with days d.hh:mm:ss{bounds}",
            _ when type == typeof(IPNetwork) => "must be an address range without host bits such as 203.0.113.0/24, 203.0.113.7/32 or 2001:db8::/32",
            _ when type == typeof(Uri) => "must be an origin such as https://example.com or ws://10.0.0.1:8080",
            _ when type.IsEnum => $"must be one of {string.Join(", ", Enum.GetNames(type))}",
            _ => "must be one text",
        };
    }

    /// <summary>Exactly <c>hh:mm:ss[.fff]</c>, with days <c>d.hh:mm:ss</c>. .NET's own parser reads "5" as five days and "1:2" as an hour and two minutes.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        return Duration().IsMatch(text) && TimeSpan.TryParseExact(text, "c", Culture, out duration);
    }

    /// <summary>The shortest form that <see cref="TryDuration"/> reads back to the same value.</summary>
    public static string Write(TimeSpan duration)
    {
        var text = duration.ToString("c", Culture);
        return duration.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text.TrimEnd('0');
    }

    private static bool InRange(IComparable value, RangeAttribute range) =>
        value.CompareTo(Bound(value, range.Minimum)) >= 0 && value.CompareTo(Bound(value, range.Maximum)) <= 0;

    private static object Bound(IComparable value, object bound) =>
        value is TimeSpan ? TimeSpan.ParseExact((string)bound, "c", Culture) : Convert.ChangeType(bound, value.GetType(), Culture);

    // Enum.TryParse takes numbers and lists of names as well.
    private static string? Name(Type type, string text) =>
        Array.Find(Enum.GetNames(type), name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@"\A([0-9]{1,4}\.)?([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,7})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}

using System.Globalization;
using System.Text.RegularExpressions;
using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.Gateway.Commands;

/// <summary>Durations as people type them: <c>90s</c>, <c>5m</c>, <c>1h30m</c>, and as the configuration has them: <c>hh:mm:ss[.fff]</c>.</summary>
internal static partial class DurationText
{
    internal const string Allowed = "must be a duration such as 500ms, 90s, 5m, 1h30m, 2d or 00:05:00";

    private static readonly TimeSpan Longest = TimeSpan.FromDays(9999);

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        if (ValueForm.TryDuration(text, out duration)) return true;
        var match = Units().Match(text);
        if (!match.Success || text.Length == 0) return false;
        var milliseconds = Of(match, "d", 86_400_000) + Of(match, "h", 3_600_000) + Of(match, "m", 60_000) + Of(match, "s", 1000) + Of(match, "ms", 1);
        if (milliseconds > Longest.TotalMilliseconds) return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }

    /// <summary>The form that the API takes.</summary>
    internal static string ForApi(TimeSpan duration) => ValueForm.Write(duration);

    private static double Of(Match match, string unit, double milliseconds) =>
        match.Groups[unit] is { Success: true } number ? double.Parse(number.Value, CultureInfo.InvariantCulture) * milliseconds : 0;

    [GeneratedRegex(@"\A((?<d>[0-9]{1,9}(\.[0-9]{1,3})?)d)?((?<h>[0-9]{1,9}(\.[0-9]{1,3})?)h)?((?<m>[0-9]{1,9}(\.[0-9]{1,3})?)m)?((?<s>[0-9]{1,9}(\.[0-9]{1,3})?)s)?((?<ms>[0-9]{1,9})ms)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Units();
}

using System.Text;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// Texts that others chose, in the log: a line break in a user id must not begin a line of its own there, nor may a control
/// character reach the terminal of whoever reads it.
/// </summary>
internal static class LogText
{
    /// <summary>What stands in a line where there is nothing, such as the user of a session that has none: a hole there reads like a fault.</summary>
    internal const string None = "(none)";

    /// <summary>The text with control characters, line and paragraph separators written as <c>\u000A</c>; itself when it has none.</summary>
    internal static string? OneLine(string? text)
    {
        if (text is null || !text.Any(Breaks)) return text;
        var safe = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Breaks(c)) safe.Append("\\u").Append(((int)c).ToString("X4", System.Globalization.CultureInfo.InvariantCulture));
            else safe.Append(c);
        }

        return safe.ToString();
    }

    /// <summary>The same, and <see cref="None"/> for none.</summary>
    internal static string OrNone(string? text) => string.IsNullOrEmpty(text) ? None : OneLine(text)!;

    private static bool Breaks(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';
}

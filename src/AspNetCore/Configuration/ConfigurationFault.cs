using System.Globalization;
using System.Text;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>One thing that is wrong with the configuration.</summary>
/// <param name="Key">The full key, as in <c>ActorSockets:Limits:MaxConnections</c>.</param>
/// <param name="Value">The value as it was written; null when there is none, and already hidden when it is a secret.</param>
/// <param name="Allowed">What is allowed instead.</param>
public sealed record ConfigurationFault(string Key, string? Value, string Allowed)
{
    internal const string Hidden = "(hidden)";
    private const int LongestValue = 120;

    /// <summary>The fault in one line: key, value, what is allowed.</summary>
    public override string ToString() =>
        Value is null ? $"{OneLine(Key)}: {Allowed}" : $"{OneLine(Key)} = {Shown}: {Allowed}";

    /// <summary>The fault without its key, for an answer that names the key beside it.</summary>
    internal string WithoutKey => Value is null ? Allowed : $"{Shown}: {Allowed}";

    private string Shown => Value == Hidden ? Hidden : $"\"{OneLine(Value!)}\"";

    // A value may come from an environment variable or an API call; it must not forge a second line.
    private static string OneLine(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, LongestValue));
        foreach (var character in text.Length > LongestValue ? text.AsSpan(0, LongestValue) : text)
        {
            if (char.IsControl(character) || character is '\u2028' or '\u2029') line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            else line.Append(character);
        }

        return text.Length > LongestValue ? line.Append('…').ToString() : line.ToString();
    }
}

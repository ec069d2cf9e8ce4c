using System.Globalization;
using System.Text;

namespace ActorSockets.Gateway.Commands;

/// <summary>
/// Text for one line of a terminal. User ids, reasons and close texts are the words of strangers: an escape sequence in one
/// must not move the operator's cursor, nor a line break forge a line.
/// </summary>
internal static class PlainText
{
    internal static string Of(string text)
    {
        if (text.All(IsHarmless)) return text;
        var plain = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (IsHarmless(character)) plain.Append(character);
            else plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
        }

        return plain.ToString();
    }

    private static bool IsHarmless(char character) =>
        char.GetUnicodeCategory(character) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}

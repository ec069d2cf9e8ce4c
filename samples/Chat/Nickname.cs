using System.Globalization;

namespace Chat;

/// <summary>What people may call themselves.</summary>
internal static class Nickname
{
    internal const int MaxCharacters = 32;
    internal const string Field = "nickname";

    /// <summary>What is wrong with a nickname, or null. A character is what a reader sees as one, so an emoji counts once.</summary>
    internal static string? Fault(string nickname)
    {
        if (nickname.Length > MaxCharacters * 8) return TooLong;
        var characters = new StringInfo(nickname).LengthInTextElements;
        if (characters == 0) return "Choose a nickname.";
        if (characters > MaxCharacters) return TooLong;

        // Controls and direction marks would let one person's name rearrange another's line. The page shows text as text in
        // any case, so markup in a name is harmless and allowed.
        return nickname.EnumerateRunes().All(IsVisible) ? null : "A nickname has no control characters.";
    }

    private static string TooLong => $"A nickname has at most {MaxCharacters} characters.";

    private static bool IsVisible(System.Text.Rune rune) => rune.Value == ZeroWidthJoiner
        || System.Text.Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.PrivateUse);

    // Holds composed emoji together.
    private const int ZeroWidthJoiner = 0x200D;
}

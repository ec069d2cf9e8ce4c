using System.Text;

namespace ActorSockets.Actors.Endings;

/// <summary>The text of a close frame: at most 123 UTF-8 bytes (RFC 6455 section 5.5: 125 less two for the code).</summary>
public static class CloseText
{
    /// <summary>The longest text in UTF-8 bytes.</summary>
    public const int MaxBytes = 123;

    /// <summary>The ending's id and, after <c>"; "</c>, its details; details that do not fit are left out whole.</summary>
    public static string For(Ending ending, string? detail)
    {
        ArgumentNullException.ThrowIfNull(ending);
        if (string.IsNullOrEmpty(detail)) return ending.Id;
        var text = $"{ending.Id}; {detail}";
        return Encoding.UTF8.GetByteCount(text) <= MaxBytes ? text : ending.Id;
    }

    /// <summary>A caller's text, cut to what fits without splitting a character.</summary>
    public static string Fit(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Encoding.UTF8.GetByteCount(text) <= MaxBytes) return text;
        var bytes = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxBytes) break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }
}

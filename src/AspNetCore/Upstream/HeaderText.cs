using System.Buffers;
using System.Globalization;
using System.Text;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// Texts of others as values of header fields: percent-encoded UTF-8 as in the HTTP binding of CloudEvents 1.0 (section 3.1.3.2), so that any
/// receiver of such events reads them back. Inner spaces and quotes stay as they are, because the official middleware does not decode;
/// a percent sign never does, or two different users could look the same.
/// </summary>
internal static class HeaderText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        string.Concat(Enumerable.Range(0x20, 0x7F - 0x20).Select(c => (char)c).Where(c => c != '%')));

    internal static string Encode(string text)
    {
        // A space at an end would be trimmed on the way.
        if (!text.AsSpan().ContainsAnyExcept(Plain) && !text.StartsWith(' ') && !text.EndsWith(' ')) return text;
        var encoded = new StringBuilder(text.Length + 16);
        Span<byte> utf8 = stackalloc byte[4];
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isEdge = at == 0 || at + rune.Utf16SequenceLength == text.Length;
            at += rune.Utf16SequenceLength;
            if (rune.IsBmp && Plain.Contains((char)rune.Value) && !(isEdge && rune.Value == ' '))
            {
                encoded.Append((char)rune.Value);
                continue;
            }

            foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)]) encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }

        return encoded.ToString();
    }
}

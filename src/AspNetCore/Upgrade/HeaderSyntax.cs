using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The grammar that header lists share (RFC 9110 section 5.6). Empty list elements are allowed and mean nothing.</summary>
internal static class HeaderSyntax
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    internal static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenChars);

    /// <summary>Whether a comma-separated list names the token, in any case.</summary>
    internal static bool Names(StringValues values, string token)
    {
        foreach (var line in values)
            foreach (var part in line.AsSpan().Split(','))
                if (line.AsSpan(part).Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
                    return true;
        return false;
    }

    /// <summary>
    /// Reads <c>name; parameter; parameter=value, name, …</c>, values as token or quoted string. Null when it is malformed.
    /// </summary>
    internal static List<HeaderElement>? ParseElements(StringValues values)
    {
        var elements = new List<HeaderElement>();
        foreach (var line in values)
        {
            var rest = line.AsSpan();
            while (true)
            {
                SkipSpace(ref rest);
                if (rest.IsEmpty) break;
                if (rest[0] == ',')
                {
                    rest = rest[1..];
                    continue;
                }

                if (ParseElement(ref rest) is not { } element) return null;
                elements.Add(element);
            }
        }

        return elements;
    }

    private static HeaderElement? ParseElement(ref ReadOnlySpan<char> rest)
    {
        if (TakeToken(ref rest) is not { } name) return null;
        var parameters = new List<KeyValuePair<string, string?>>();
        while (true)
        {
            SkipSpace(ref rest);
            if (rest.IsEmpty || rest[0] == ',') return new HeaderElement(name, parameters);
            if (rest[0] != ';') return null;
            rest = rest[1..];
            SkipSpace(ref rest);
            if (TakeToken(ref rest) is not { } parameter) return null;
            string? value = null;
            if (!rest.IsEmpty && rest[0] == '=')
            {
                rest = rest[1..];
                value = !rest.IsEmpty && rest[0] == '"' ? TakeQuoted(ref rest) : TakeToken(ref rest);
                if (value is null) return null;
            }

            parameters.Add(new(parameter, value));
        }
    }

    private static string? TakeToken(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAnyExcept(TokenChars);
        if (end < 0) end = rest.Length;
        if (end == 0) return null;
        var token = rest[..end].ToString();
        rest = rest[end..];
        return token;
    }

    private static string? TakeQuoted(ref ReadOnlySpan<char> rest)
    {
        var text = new System.Text.StringBuilder();
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return text.ToString();
            }

            if (rest[i] == '\\' && ++i == rest.Length) return null;
            text.Append(rest[i]);
        }

        return null;
    }

    private static void SkipSpace(ref ReadOnlySpan<char> rest) => rest = rest.TrimStart(" \t");
}

/// <summary>One element of a list with parameters; a parameter without <c>=</c> has the value null.</summary>
internal sealed record HeaderElement(string Name, IReadOnlyList<KeyValuePair<string, string?>> Parameters);

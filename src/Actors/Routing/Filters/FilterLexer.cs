namespace ActorSockets.Actors.Routing.Filters;

/// <summary>What a token of a filter is.</summary>
internal enum FilterTokenKind
{
    End,
    Name,
    Text,
    Integer,
    Open,
    Close,
    Comma,
}

/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins.</param>
/// <param name="End">The position after its last character; errors name this one.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, int Start, int End);

/// <summary>Cuts the text of a filter into tokens, one at a time.</summary>
internal sealed class FilterLexer(string text)
{
    internal FilterToken Current { get; private set; }

    internal ReadOnlySpan<char> Word => text.AsSpan(Current.Start, Current.End - Current.Start);

    internal void Next()
    {
        var start = Current.End;
        while (start < text.Length && char.IsWhiteSpace(text[start])) start++;
        if (start == text.Length)
        {
            Current = new FilterToken(FilterTokenKind.End, start, start);
            return;
        }

        var first = text[start];
        Current = first switch
        {
            '(' => new FilterToken(FilterTokenKind.Open, start, start + 1),
            ')' => new FilterToken(FilterTokenKind.Close, start, start + 1),
            ',' => new FilterToken(FilterTokenKind.Comma, start, start + 1),
            '\'' => new FilterToken(FilterTokenKind.Text, start, EndOfText(start)),
            _ when char.IsAsciiLetter(first) || first == '_' => new FilterToken(FilterTokenKind.Name, start, EndOf(start + 1, static c => char.IsAsciiLetterOrDigit(c) || c == '_')),
            _ when char.IsAsciiDigit(first) || IsSign(start) => new FilterToken(FilterTokenKind.Integer, start, EndOf(start + 1, char.IsAsciiDigit)),
            _ => throw SyntaxError(start + 1),
        };
    }

    /// <summary>Of the token at hand.</summary>
    internal FilterSyntaxException SyntaxError() => SyntaxError(Current.End);

    private FilterSyntaxException SyntaxError(int position) => new($"Syntax error at position {position} in '{text}'.");

    private bool IsSign(int at) => text[at] is '-' or '+' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]);

    private int EndOf(int at, Func<char, bool> belongs)
    {
        while (at < text.Length && belongs(text[at])) at++;
        return at;
    }

    /// <summary>A doubled quote stands for one.</summary>
    private int EndOfText(int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] != '\'') continue;
            if (at + 1 == text.Length || text[at + 1] != '\'') return at + 1;
            at++;
        }

        throw SyntaxError(text.Length);
    }
}

namespace ActorSockets.Actors.Routing.Filters;

/// <summary>
/// The functions of the language. A null argument makes a null result, except that a question about null is answered: no, or -1.
/// Texts are compared by their characters; a substring beyond the end is what is left.
/// </summary>
internal static class FilterFunctions
{
    private const string Signatures =
        "tolower(text), toupper(text), trim(text), substring(text, start[, length]), concat(text, text), contains(text, text), "
        + "startswith(text, text), endswith(text, text), indexof(text, text), length(text or groups)";

    /// <exception cref="FilterSyntaxException">There is no such function, or it takes other arguments.</exception>
    internal static FilterTerm Bind(string name, IReadOnlyList<FilterTerm> arguments) => (name, arguments) switch
    {
        ("length", [FilterTerm.Groups]) => new FilterTerm.Integer(static s => s.GroupCount),
        ("length", [var of]) when Text(of) is { } text => new FilterTerm.Integer(s => text(s)?.Length),
        ("tolower", [var of]) when Text(of) is { } text => new FilterTerm.Text(s => text(s)?.ToLowerInvariant()),
        ("toupper", [var of]) when Text(of) is { } text => new FilterTerm.Text(s => text(s)?.ToUpperInvariant()),
        ("trim", [var of]) when Text(of) is { } text => new FilterTerm.Text(s => text(s)?.Trim()),
        ("substring", [var of, var from]) when Text(of) is { } text && Integer(from) is { } start =>
            new FilterTerm.Text(s => Cut(text(s), start(s), long.MaxValue)),
        ("substring", [var of, var from, var count]) when Text(of) is { } text && Integer(from) is { } start && Integer(count) is { } length =>
            new FilterTerm.Text(s => Cut(text(s), start(s), length(s))),
        ("concat", [var one, var two]) when Text(one) is { } left && Text(two) is { } right =>
            new FilterTerm.Text(s => (left(s), right(s)) is ({ } a, { } b) ? a + b : null),
        ("contains", [var of, var what]) => Ask(name, of, what, static (a, b) => a.Contains(b, StringComparison.Ordinal)),
        ("startswith", [var of, var what]) => Ask(name, of, what, static (a, b) => a.StartsWith(b, StringComparison.Ordinal)),
        ("endswith", [var of, var what]) => Ask(name, of, what, static (a, b) => a.EndsWith(b, StringComparison.Ordinal)),
        ("indexof", [var of, var what]) when Text(of) is { } text && Text(what) is { } part =>
            new FilterTerm.Integer(s => (text(s), part(s)) is ({ } a, { } b) ? a.IndexOf(b, StringComparison.Ordinal) : -1),
        _ => throw Unknown(name),
    };

    /// <summary>As a text, or null when it is none.</summary>
    internal static Func<IFilterSubject, string?>? Text(FilterTerm term) => term switch
    {
        FilterTerm.Text text => text.Of,
        FilterTerm.Nothing => static _ => null,
        _ => null,
    };

    /// <summary>As an integer, or null when it is none.</summary>
    internal static Func<IFilterSubject, long?>? Integer(FilterTerm term) => term switch
    {
        FilterTerm.Integer integer => integer.Of,
        FilterTerm.Nothing => static _ => null,
        _ => null,
    };

    private static FilterTerm.Truth Ask(string name, FilterTerm of, FilterTerm what, Func<string, string, bool> question)
    {
        if (Text(of) is not { } text || Text(what) is not { } part) throw Unknown(name);
        return new FilterTerm.Truth(s => (text(s), part(s)) is ({ } a, { } b) && question(a, b));
    }

    private static string? Cut(string? text, long? start, long? length)
    {
        if (text is null || start is not { } from || length is not { } count) return null;
        from = Math.Clamp(from, 0, text.Length);
        return text.Substring((int)from, (int)Math.Clamp(count, 0, text.Length - from));
    }

    private static FilterSyntaxException Unknown(string name) => new($"There is no function '{name}' with these arguments; there are {Signatures}.");
}

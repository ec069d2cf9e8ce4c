using System.Collections.Frozen;

namespace ActorSockets.Actors.Routing.Filters;

/// <summary>
/// From syntax to something that can be asked about many connections. Types are settled here, before any connection is asked, so
/// a fault is the caller's at once and never depends on who is connected.
/// </summary>
internal static class FilterCompiler
{
    /// <exception cref="FilterSyntaxException">A name is unknown or the types do not fit.</exception>
    internal static Func<IFilterSubject, bool> Compile(FilterSyntax syntax) => Truth(syntax, "The filter");

    private static FilterTerm Term(FilterSyntax syntax)
    {
        switch (syntax)
        {
            case FilterSyntax.Literal literal:
                return Literal(literal.Value);
            case FilterSyntax.Property property:
                return Property(property.Name);
            case FilterSyntax.Call call:
                return FilterFunctions.Bind(call.Function, [.. call.Arguments.Select(Term)]);
            case FilterSyntax.Not not:
                var operand = Truth(not.Operand, "What follows 'not'");
                return new FilterTerm.Truth(s => !operand(s));
            case FilterSyntax.Comparison comparison:
                return Comparison(comparison.Operator, Term(comparison.Left), Term(comparison.Right));
            case FilterSyntax.OneOf oneOf:
                return OneOf(Term(oneOf.Item), [.. oneOf.Values.Select(v => v.Value)]);
            case FilterSyntax.Member member:
                return Member(Term(member.Item), Term(member.Collection));
            case FilterSyntax.Chain chain:
                Func<IFilterSubject, bool>[] parts = [.. chain.Operands.Select(o => Truth(o, $"Each side of '{chain.Operator}'"))];
                return chain.Operator == "and"
                    ? new FilterTerm.Truth(s => Array.TrueForAll(parts, part => part(s)))
                    : new FilterTerm.Truth(s => Array.Exists(parts, part => part(s)));
            default:
                throw new NotSupportedException(syntax.GetType().Name);
        }
    }

    private static Func<IFilterSubject, bool> Truth(FilterSyntax syntax, string what) =>
        Term(syntax) is FilterTerm.Truth truth ? truth.Of : throw new FilterSyntaxException($"{what} must be true or false.");

    private static FilterTerm Literal(object? value) => value switch
    {
        bool truth => new FilterTerm.Truth(_ => truth),
        long number => new FilterTerm.Integer(_ => number),
        string text => new FilterTerm.Text(_ => text),
        _ => new FilterTerm.Nothing(),
    };

    private static FilterTerm Property(string name) => name.ToLowerInvariant() switch
    {
        "userid" => new FilterTerm.Text(static s => s.UserId),
        "connectionid" => new FilterTerm.Text(static s => s.ConnectionId),
        "protocol" => new FilterTerm.Text(static s => s.Protocol),
        "groups" => new FilterTerm.Groups(),
        _ => throw new FilterSyntaxException($"There is no property '{name}'; there are userId, connectionId, groups and protocol."),
    };

    private static FilterTerm.Truth Comparison(string word, FilterTerm left, FilterTerm right)
    {
        if (word is not ("eq" or "ne")) return Order(word, left, right);
        var same = Same(left, right);
        return new FilterTerm.Truth(word == "eq" ? same : s => !same(s));
    }

    private static Func<IFilterSubject, bool> Same(FilterTerm left, FilterTerm right)
    {
        if (left is FilterTerm.Truth a && right is FilterTerm.Truth b) return s => a.Of(s) == b.Of(s);
        if (FilterFunctions.Text(left) is { } text && FilterFunctions.Text(right) is { } otherText) return s => string.Equals(text(s), otherText(s), StringComparison.Ordinal);
        if (FilterFunctions.Integer(left) is { } number && FilterFunctions.Integer(right) is { } otherNumber) return s => number(s) == otherNumber(s);
        if (left is FilterTerm.Nothing && right is FilterTerm.Truth || left is FilterTerm.Truth && right is FilterTerm.Nothing) return static _ => false;
        throw new FilterSyntaxException("'eq' and 'ne' compare two texts, two integers or two truth values, or one of them with null.");
    }

    private static FilterTerm.Truth Order(string word, FilterTerm left, FilterTerm right)
    {
        if (FilterFunctions.Integer(left) is not { } a || FilterFunctions.Integer(right) is not { } b)
            throw new FilterSyntaxException($"'{word}' compares integers.");
        return new FilterTerm.Truth(word switch // comparing with null is false
        {
            "gt" => s => a(s) > b(s),
            "ge" => s => a(s) >= b(s),
            "lt" => s => a(s) < b(s),
            _ => s => a(s) <= b(s),
        });
    }

    private static FilterTerm.Truth OneOf(FilterTerm item, object?[] values)
    {
        if (FilterFunctions.Text(item) is { } text && Array.TrueForAll(values, v => v is string or null))
        {
            var (texts, withNull) = (values.OfType<string>().ToFrozenSet(StringComparer.Ordinal), values.Contains(null));
            return new FilterTerm.Truth(s => text(s) is { } one ? texts.Contains(one) : withNull);
        }

        if (FilterFunctions.Integer(item) is { } number && Array.TrueForAll(values, v => v is long or null))
            return new FilterTerm.Truth(s => Array.IndexOf(values, number(s)) >= 0);
        throw new FilterSyntaxException("'in' takes a text and a list of texts, an integer and a list of integers, or a text and groups.");
    }

    private static FilterTerm.Truth Member(FilterTerm item, FilterTerm collection)
    {
        if (collection is not FilterTerm.Groups || FilterFunctions.Text(item) is not { } text)
            throw new FilterSyntaxException("'in' takes a text and a list of texts, an integer and a list of integers, or a text and groups.");
        return new FilterTerm.Truth(s => text(s) is { } group && s.IsIn(group));
    }
}

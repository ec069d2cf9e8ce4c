using System.Globalization;

namespace ActorSockets.Actors.Routing.Filters;

/// <summary>
/// From text to syntax, by descent: <c>or</c> binds loosest, then <c>and</c>, comparisons and <c>in</c>, <c>not</c>. The depth
/// is bounded, because callers choose it.
/// </summary>
internal sealed class FilterParser
{
    internal const int MaxDepth = 100;

    private readonly FilterLexer _lexer;
    private int _depth;

    private FilterParser(string text) => _lexer = new FilterLexer(text);

    /// <exception cref="FilterSyntaxException">The text is no filter.</exception>
    internal static FilterSyntax Parse(string text)
    {
        var parser = new FilterParser(text);
        parser._lexer.Next();
        var whole = parser.Or();
        return parser._lexer.Current.Kind == FilterTokenKind.End ? whole : throw parser._lexer.SyntaxError();
    }

    private FilterSyntax Or() => Chain("or", And);

    private FilterSyntax And() => Chain("and", Comparison);

    private FilterSyntax Chain(string word, Func<FilterSyntax> operand)
    {
        var first = operand();
        if (!Is(word)) return first;
        List<FilterSyntax> operands = [first];
        while (Take(word)) operands.Add(operand());
        return new FilterSyntax.Chain(word, operands);
    }

    private FilterSyntax Comparison()
    {
        var left = Unary();
        var depth = _depth;
        while (_lexer.Current.Kind == FilterTokenKind.Name)
        {
            var word = _lexer.Word.ToString();
            if (word is not ("eq" or "ne" or "gt" or "ge" or "lt" or "le" or "in")) break;
            Deeper();
            _lexer.Next();
            left = word == "in" ? In(left) : new FilterSyntax.Comparison(word, left, Unary());
        }

        _depth = depth;
        return left;
    }

    private FilterSyntax In(FilterSyntax item)
    {
        if (_lexer.Current.Kind != FilterTokenKind.Open) return new FilterSyntax.Member(item, Unary());
        List<FilterSyntax.Literal> values = [];
        do
        {
            _lexer.Next();
            values.Add(Literal() ?? throw _lexer.SyntaxError());
        }
        while (_lexer.Current.Kind == FilterTokenKind.Comma);
        Expect(FilterTokenKind.Close);
        return new FilterSyntax.OneOf(item, values);
    }

    private FilterSyntax Unary()
    {
        if (!Take("not")) return Primary();
        Deeper();
        var operand = new FilterSyntax.Not(Unary());
        _depth--;
        return operand;
    }

    private FilterSyntax Primary()
    {
        if (Literal() is { } literal) return literal;
        switch (_lexer.Current.Kind)
        {
            case FilterTokenKind.Open:
                _lexer.Next();
                Deeper();
                var inner = Or();
                _depth--;
                Expect(FilterTokenKind.Close);
                return inner;
            case FilterTokenKind.Name:
                var name = _lexer.Word.ToString();
                _lexer.Next();
                return _lexer.Current.Kind == FilterTokenKind.Open ? Call(name) : new FilterSyntax.Property(name);
            default:
                throw _lexer.SyntaxError();
        }
    }

    private FilterSyntax.Call Call(string name)
    {
        List<FilterSyntax> arguments = [];
        Deeper();
        do
        {
            _lexer.Next();
            arguments.Add(Or());
        }
        while (_lexer.Current.Kind == FilterTokenKind.Comma);
        _depth--;
        Expect(FilterTokenKind.Close);
        return new FilterSyntax.Call(name, arguments);
    }

    private FilterSyntax.Literal? Literal()
    {
        var literal = _lexer.Current.Kind switch
        {
            FilterTokenKind.Text => new FilterSyntax.Literal(_lexer.Word[1..^1].ToString().Replace("''", "'", StringComparison.Ordinal)),
            FilterTokenKind.Integer => long.TryParse(_lexer.Word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? new FilterSyntax.Literal(number)
                : throw _lexer.SyntaxError(),
            FilterTokenKind.Name => _lexer.Word switch
            {
                "true" => new FilterSyntax.Literal(true),
                "false" => new FilterSyntax.Literal(false),
                "null" => new FilterSyntax.Literal(null),
                _ => null,
            },
            _ => null,
        };
        if (literal is not null) _lexer.Next();
        return literal;
    }

    private bool Is(string word) => _lexer.Current.Kind == FilterTokenKind.Name && _lexer.Word.SequenceEqual(word);

    private bool Take(string word)
    {
        if (!Is(word)) return false;
        _lexer.Next();
        return true;
    }

    private void Expect(FilterTokenKind kind)
    {
        if (_lexer.Current.Kind != kind) throw _lexer.SyntaxError();
        _lexer.Next();
    }

    private void Deeper()
    {
        if (++_depth > MaxDepth) throw new FilterSyntaxException($"It is nested deeper than {MaxDepth} levels.");
    }
}

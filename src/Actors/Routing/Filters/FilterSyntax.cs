namespace ActorSockets.Actors.Routing.Filters;

/// <summary>A filter as it was written: names and types are not judged yet.</summary>
internal abstract record FilterSyntax
{
    private FilterSyntax()
    {
    }

    /// <summary>Null, a truth value, a <see cref="long"/> or a text.</summary>
    internal sealed record Literal(object? Value) : FilterSyntax;

    /// <summary>A property of the connection.</summary>
    internal sealed record Property(string Name) : FilterSyntax;

    internal sealed record Call(string Function, IReadOnlyList<FilterSyntax> Arguments) : FilterSyntax;

    internal sealed record Not(FilterSyntax Operand) : FilterSyntax;

    /// <summary><c>eq ne gt ge lt le</c>.</summary>
    internal sealed record Comparison(string Operator, FilterSyntax Left, FilterSyntax Right) : FilterSyntax;

    /// <summary><c>x in (…)</c>: one of these literals.</summary>
    internal sealed record OneOf(FilterSyntax Item, IReadOnlyList<Literal> Values) : FilterSyntax;

    /// <summary><c>x in groups</c>.</summary>
    internal sealed record Member(FilterSyntax Item, FilterSyntax Collection) : FilterSyntax;

    /// <summary>Two or more operands of <c>and</c> or of <c>or</c>; a list, so that a long chain is not deep.</summary>
    internal sealed record Chain(string Operator, IReadOnlyList<FilterSyntax> Operands) : FilterSyntax;
}

namespace ActorSockets.Actors.Routing.Filters;

/// <summary>A compiled part of a filter: its type is known, so evaluating it cannot fail.</summary>
internal abstract record FilterTerm
{
    private FilterTerm()
    {
    }

    internal sealed record Truth(Func<IFilterSubject, bool> Of) : FilterTerm;

    internal sealed record Text(Func<IFilterSubject, string?> Of) : FilterTerm;

    internal sealed record Integer(Func<IFilterSubject, long?> Of) : FilterTerm;

    /// <summary>The literal <c>null</c>, which fits texts and integers.</summary>
    internal sealed record Nothing : FilterTerm;

    /// <summary>The groups of the connection: not a value, only something to ask.</summary>
    internal sealed record Groups : FilterTerm;
}

namespace ActorSockets.Actors.Routing.Filters;

/// <summary>
/// A condition over connections, written in a subset of OData's expressions (OASIS OData 4.01, URL conventions, section 5.1.1).
/// Made once and asked about every connection of a fan-out; equal texts are equal filters, so the text is what another node needs.
/// </summary>
internal sealed class ConnectionFilter : ISessionFilter
{
    /// <summary>Characters; the depth has its own bound.</summary>
    internal const int MaxLength = 8192;

    private readonly Func<IFilterSubject, bool> _matches;

    private ConnectionFilter(string text, Func<IFilterSubject, bool> matches) => (Text, _matches) = (text, matches);

    public string Text { get; }

    public bool Matches(Route route) => _matches(route);

    internal bool Matches(IFilterSubject connection) => _matches(connection);

    /// <param name="text">The filter as the caller wrote it.</param>
    /// <param name="filter">The filter, or null.</param>
    /// <param name="fault">What is wrong with the text, or null.</param>
    internal static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ConnectionFilter? filter, out string? fault)
    {
        (filter, fault) = (null, null);
        if (text.Length > MaxLength)
        {
            fault = $"A filter has at most {MaxLength} characters.";
            return false;
        }

        try
        {
            filter = new ConnectionFilter(text, FilterCompiler.Compile(FilterParser.Parse(text)));
            return true;
        }
        catch (FilterSyntaxException e)
        {
            fault = $"Invalid syntax for '{text}': {e.Message} (Parameter 'filter')";
            return false;
        }
    }
}

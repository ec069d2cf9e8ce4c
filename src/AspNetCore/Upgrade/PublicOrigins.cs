namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The entries of <c>PublicEndpoints</c> as an Origin field has them, made once for each change of the settings.</summary>
internal sealed class PublicOrigins
{
    private Texts _known = new([]);

    internal IReadOnlyList<string> Of(IReadOnlyList<Uri> endpoints)
    {
        var known = Volatile.Read(ref _known);
        if (!ReferenceEquals(known.Endpoints, endpoints)) Volatile.Write(ref _known, known = new Texts(endpoints));
        return known.Origins;
    }

    private sealed class Texts(IReadOnlyList<Uri> endpoints)
    {
        internal IReadOnlyList<Uri> Endpoints => endpoints;

        internal IReadOnlyList<string> Origins { get; } = [.. endpoints.Select(endpoint => endpoint.GetLeftPart(UriPartial.Authority))];
    }
}

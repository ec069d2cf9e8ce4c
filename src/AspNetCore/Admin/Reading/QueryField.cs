using Microsoft.AspNetCore.Builder;

namespace ActorSockets.AspNetCore.Admin.Reading;

internal enum FieldKind
{
    Text,
    Number,
    Flag,
    Duration,
    Instant,
}

/// <summary>One query parameter of a call: for reading it, for naming what is allowed and for the OpenAPI document.</summary>
internal sealed record QueryField(string Name, string Description, FieldKind Kind = FieldKind.Text)
{
    internal bool Required { get; init; }

    /// <summary>May be given several times, or as a list with commas.</summary>
    internal bool Many { get; init; }

    internal string? Default { get; init; }

    internal int? Minimum { get; init; }

    internal int? Maximum { get; init; }
}

/// <summary>Endpoint metadata: all query parameters of a call.</summary>
internal sealed record QueryFields(IReadOnlyList<QueryField> All)
{
    internal static readonly QueryFields None = new([]);
}

internal static class QueryFieldsRegistration
{
    internal static TBuilder TakesQuery<TBuilder>(this TBuilder builder, params QueryField[] fields)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new QueryFields(fields));
}

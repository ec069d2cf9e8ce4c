using System.Text.Json.Serialization;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>The shape of every list.</summary>
/// <param name="Value">This page.</param>
/// <param name="Total">All entries on all pages.</param>
/// <param name="Cursor">Leads to the next page; null on the last.</param>
internal sealed record ListView<T>(IReadOnlyList<T> Value, int Total, string? Cursor = null)
{
    /// <summary>Ids of the nodes that did not answer in time, so that the list lacks their share; left out when all did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Missing { get; init; }

    internal ListView<T> Without(IReadOnlyList<string> missing) => missing.Count == 0 ? this : this with { Missing = missing };
}

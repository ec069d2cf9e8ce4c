namespace ActorSockets.AspNetCore.Admin;

/// <summary>The shape of every list.</summary>
/// <param name="Value">This page.</param>
/// <param name="Total">All entries on all pages.</param>
/// <param name="Cursor">Leads to the next page; null on the last.</param>
internal sealed record ListView<T>(IReadOnlyList<T> Value, int Total, string? Cursor = null);

using System.Globalization;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Routing.Filters;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>
/// The query of one call. The first fault is kept for the answer; parameters that are not asked for are ignored, because SDKs add
/// their own. A parameter that may stand once stands once: two filters have no meaning.
/// </summary>
internal sealed class DataPlaneQuery(IReadOnlyDictionary<string, StringValues> query)
{
    internal const int MaxTtlSeconds = 300;
    internal const int MaxPageSize = 200;

    /// <summary>All are one and the same here; a version nobody has heard of may mean something else by the same words.</summary>
    private static readonly string[] Versions = ["2021-08-01-preview", "2021-10-01", "2022-11-01", "2023-07-01", "2024-01-01", "2024-12-01"];

    internal DataPlaneError? Fault { get; private set; }

    internal string? Version()
    {
        var version = Text("api-version");
        if (version is not null && !Versions.Contains(version, StringComparer.Ordinal)) Reject("api-version", $"one of {string.Join(", ", Versions)}");
        return version;
    }

    internal string? Text(string name)
    {
        if (!query.TryGetValue(name, out var values) || values.Count == 0) return null;
        if (values.Count > 1) Reject(name, "given once");
        return values[0];
    }

    internal IReadOnlyList<string> Many(string name) => query.TryGetValue(name, out var values) ? [.. values.OfType<string>()] : [];

    /// <summary>Who gets nothing; a name that no connection has excludes nobody.</summary>
    internal IReadOnlySet<ConnectionId>? Excluded() =>
        Many("excluded") is { Count: > 0 } names ? names.Select(name => new ConnectionId(name)).ToHashSet() : null;

    internal ConnectionFilter? Filter()
    {
        if (Text("filter") is not { } text) return null;
        if (!ConnectionFilter.TryParse(text, out var filter, out var fault)) Fault ??= DataPlaneError.BadRequest(fault!);
        return filter;
    }

    /// <summary>How long a message may wait; null = as long as it takes.</summary>
    internal TimeSpan? Ttl() =>
        Number("messageTtlSeconds", 0, MaxTtlSeconds) is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null;

    internal string? TargetName()
    {
        var name = Text("targetName");
        if (!GroupName.IsValid(name)) Reject("targetName", $"the name of a group: {GroupName.Allowed}");
        return name;
    }

    internal int? Number(string name, int least, int most)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Reject(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"));
        return null;
    }

    internal void Reject(string name, string allowed) => Fault ??= DataPlaneError.BadRequest($"{name} must be {allowed}. (Parameter '{name}')");
}

using System.ComponentModel.DataAnnotations;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Section <c>ActorSockets:Endings</c>.</summary>
public sealed record EndingsOptions
{
    /// <summary><c>History</c>: ended sessions remembered per node; 0 = none.</summary>
    [Range(0, 10_000_000)]
    public int History { get; init; } = 10_000;

    /// <summary><c>{id}</c>: overrides by the ending's id.</summary>
    [NamedEntries("id", Inline = true)]
    public IReadOnlyDictionary<string, EndingOptions> Overrides { get; init; } = new Dictionary<string, EndingOptions>();
}

/// <summary>Section <c>ActorSockets:Endings:{id}</c>.</summary>
public sealed record EndingOptions
{
    /// <summary><c>Code</c>: the close code to send instead of the catalogue's: 1000, 1001, 1008, 1011-1013 or 3000-4999.</summary>
    public int? Code { get; init; }
}

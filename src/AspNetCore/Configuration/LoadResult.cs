using ActorSockets.Actors.Settings;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>What reading the configuration gave: either usable settings, or everything that is wrong with it.</summary>
internal sealed record LoadResult(ActorSocketsOptions Options, NodeSettings Settings, IReadOnlyList<ConfigurationFault> Faults)
{
    /// <summary>What is allowed but will not do what its author hopes.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public bool IsValid => Faults.Count == 0;

    /// <summary>This, or an exception with every fault.</summary>
    public LoadResult OrThrow() => IsValid ? this : throw new ConfigurationFaultException(Faults);
}

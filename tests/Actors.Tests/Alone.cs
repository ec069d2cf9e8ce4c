namespace ActorSockets.Actors.Tests;

/// <summary>Tests that measure the process: nothing else runs in it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

using ActorSockets.Bench.Harness.Readings;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>Everything a holding run found; written as it is into bench/results.</summary>
internal sealed record HeldResult
{
    public required string Machine { get; init; }
    public required string Gateway { get; init; }
    public required IReadOnlyDictionary<string, string> Kernel { get; init; }
    public required int Wanted { get; init; }
    public long Held { get; set; }
    public int Processes { get; set; }

    /// <summary>What kept the run from the number that was wanted, or from holding it; null = nothing.</summary>
    public string? StoppedBy { get; set; }

    public long Refused { get; set; }
    public double RampSeconds { get; set; }
    public MachineMemory? Before { get; set; }
    public FleetMemory? Full { get; set; }
    public FleetMemory? AfterHolding { get; set; }
    public double HeldSeconds { get; set; }
    public long EndedWhileHeld { get; set; }
    public List<Answers> Answers { get; } = [];
    public Farewell? Farewell { get; set; }

    public bool Passed => StoppedBy is null && Refused == 0 && EndedWhileHeld == 0 && Answers.Count > 0 && Answers.All(answer => answer.WithinASecond)
        && Farewell is { WithoutFrame: 0 } farewell && farewell.ExitCodes.Keys.All(code => code == "0");
}

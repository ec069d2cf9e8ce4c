namespace ActorSockets.Bench.Harness.Load;

/// <summary>One line of the load generator; what a mode does not say stays at its default.</summary>
internal sealed record LoadLine
{
    public string Mode { get; init; } = "";
    public string Event { get; init; } = "";
    public int Connections { get; init; }
    public long Opened { get; init; }
    public long Open { get; init; }
    public long Refused { get; init; }
    public long Failed { get; init; }
    public long Closed { get; init; }
    public long Lost { get; init; }
    public long Pings { get; init; }
    public long WrongPayload { get; init; }
    public long WrongFrame { get; init; }
    public string Failure { get; init; } = "";
    public double Seconds { get; init; }
    public double PerSecond { get; init; }
    public double ServerCpuUs { get; init; }
    public double ServerUtilisation { get; init; }
    public double GeneratorUtilisation { get; init; }
    public long Asked { get; init; }
    public long Answered { get; init; }
    public long FirstCloseNs { get; init; }
    public long LastCloseNs { get; init; }
    public long BeganNs { get; init; }
    public IReadOnlyDictionary<string, long> Codes { get; init; } = new Dictionary<string, long>();
    public long Unanswered { get; init; }
    public long NotSent { get; init; }
    public long Missing { get; init; }
    public long Extra { get; init; }
    public long Late { get; init; }
    public long WithCloseFrame { get; init; }
    public long WithSlot { get; init; }
    public LoadTimes? ConnectUs { get; init; }
    public LoadTimes? LatencyUs { get; init; }
    public LoadTimes? RoundUs { get; init; }
    public LoadTimes? BeyondSlotUs { get; init; }
    public LoadPace? Closes { get; init; }
    public LoadPace? Returns { get; init; }

    /// <summary>Null when every connection and message was as it should be.</summary>
    public string? Fault =>
        Refused + Failed + Lost + Dropped + WrongPayload + WrongFrame + Unanswered + NotSent + Missing + Extra == 0 && Failure.Length == 0
            ? null
            : $"{Mode}: refused {Refused}, failed {Failed}, lost {Lost}, closed early {Dropped}, wrong payload {WrongPayload}, wrong frame {WrongFrame}, unanswered {Unanswered}, not sent {NotSent}, missing {Missing}, extra {Extra}; {Failure}";

    /// <summary>Closed by the server where nobody had asked for it.</summary>
    private long Dropped => Mode is "churn" or "drain" ? 0 : Closed;
}

/// <summary>Percentiles in microseconds.</summary>
internal sealed record LoadTimes(long Count, double P50, double P90, double P99, double P999, double Max);

/// <summary>How evenly events were spread.</summary>
internal sealed record LoadPace(long Count, double Seconds, long MostInASecond, long FewestInASecond);

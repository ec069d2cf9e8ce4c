namespace ActorSockets.AspNetCore.Hosting;

/// <summary>How the orderly stop went; the gateway's exit code tells it.</summary>
public sealed class StopReport
{
    /// <summary>True when sessions had to be cut at the deadline.</summary>
    public bool Overdue { get; internal set; }
}

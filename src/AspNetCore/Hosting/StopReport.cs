using ActorSockets.Actors.Drains;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>How the orderly stop goes and went; the gateway's exit code and its status for systemd tell it.</summary>
public sealed class StopReport
{
    /// <summary>True when sessions had to be cut at the deadline.</summary>
    public bool Overdue { get; internal set; }

    /// <summary>True when the node stopped because the cluster went on without it: it was cut off, or stood still, for too long.</summary>
    public bool LeftCluster { get; internal set; }

    /// <summary>Called with one line about the stop about once a second while it is under way; must return at once.</summary>
    internal event Action<string>? Status;

    internal void Stands(DrainProgress progress) =>
        Status?.Invoke($"draining: {progress.Remaining + progress.Closing} of {progress.Total} connections left, {progress.Clean} clean, {progress.Aborted} aborted, {progress.Overdue} overdue");
}

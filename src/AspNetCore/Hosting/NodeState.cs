namespace ActorSockets.AspNetCore.Hosting;

/// <summary>Whether this node wants traffic, for readiness and for the admin API. Written by the host's life and the memory monitor.</summary>
internal sealed class NodeState
{
    private volatile bool _started;
    private volatile bool _stopping;
    private volatile bool _draining;
    private volatile bool _pressed;

    public bool Started { get => _started; set => _started = value; }

    /// <summary>The process is on its way out; nothing brings it back.</summary>
    public bool Stopping { get => _stopping; set => _stopping = value; }

    /// <summary>New sessions are refused until an operator lets the node serve again.</summary>
    public bool Draining { get => _draining; set => _draining = value; }

    /// <summary>Memory is scarce.</summary>
    public bool UnderPressure { get => _pressed; set => _pressed = value; }

    /// <summary>Why the node wants no traffic; empty when it does.</summary>
    public IReadOnlyList<string> Reasons()
    {
        List<string> reasons = [];
        if (!Started) reasons.Add("starting");
        if (Stopping) reasons.Add("stopping");
        else if (Draining) reasons.Add("draining");
        if (UnderPressure) reasons.Add("overloaded");
        return reasons;
    }
}

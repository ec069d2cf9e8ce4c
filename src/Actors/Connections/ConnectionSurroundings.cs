using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Connections;

/// <summary>What all connection actors of a node share, in one reference: nothing here is copied per connection.</summary>
internal sealed class ConnectionSurroundings(Live<NodeSettings> settings, TimeProvider time)
{
    private volatile bool _underPressure;
    private volatile SessionWays? _ways;

    internal NodeSettings Settings => settings.Current;

    internal TimeProvider Time => time;

    /// <summary>Where sessions can go to other nodes; null without a cluster. Written by the supervisor only.</summary>
    internal SessionWays? Ways
    {
        get => _ways;
        set => _ways = value;
    }

    /// <summary>Memory is scarce. Written by the supervisor only, who then sends <see cref="ConnectionProtocol.Reconsider"/>.</summary>
    internal bool UnderPressure
    {
        get => _underPressure;
        set => _underPressure = value;
    }
}

/// <summary>Whom a session's actor talks to when the session goes to another node.</summary>
/// <param name="LongestPause">For what its handler is doing for its client.</param>
internal sealed record SessionWays(Akka.Actor.IActorRef Moves, Akka.Actor.IActorRef Router, TimeSpan LongestPause);

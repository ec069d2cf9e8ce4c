using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Connections;

/// <summary>What all connection actors of a node share, in one reference: nothing here is copied per connection.</summary>
internal sealed class ConnectionSurroundings(Live<NodeSettings> settings, TimeProvider time)
{
    private volatile bool _underPressure;

    internal NodeSettings Settings => settings.Current;

    internal TimeProvider Time => time;

    /// <summary>Memory is scarce. Written by the supervisor only, who then sends <see cref="ConnectionProtocol.Reconsider"/>.</summary>
    internal bool UnderPressure
    {
        get => _underPressure;
        set => _underPressure = value;
    }
}

using ActorSockets.Actors.Cluster.Witness;
using ActorSockets.Actors.Connections;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// The other nodes, once they have let this one go: they report the ends of the sessions that they know of, so this node does not tell upstreams of
/// these, although it ends them in order. Who cannot be told by them is told from here.
/// </summary>
internal sealed class Survivors
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private IActorRef? _witness;
    private volatile IReadOnlySet<ConnectionId>? _notTheirs;

    /// <summary>In a cluster, before it is joined.</summary>
    internal void Attach(IActorRef witness) => _witness = witness;

    /// <summary>They say, or have said, that this session ended.</summary>
    internal bool Report(ConnectionId id) => _notTheirs is { } notTheirs && !notTheirs.Contains(id);

    /// <summary>They have let this node go.</summary>
    internal async Task AskAsync()
    {
        if (_witness is null) return;
        try
        {
            _notTheirs = (await _witness.Ask<WitnessProtocol.Untold>(WitnessProtocol.WhoReports.Instance, Patience)).Here;
        }
        catch (AskTimeoutException)
        {
            // Said twice is better than not at all.
        }
    }
}

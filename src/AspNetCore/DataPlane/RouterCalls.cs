using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Serialization;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>
/// Asks the routers: of a connection, that of the node which holds it; of everything else, those of all nodes, each of which answers for its own
/// sessions. Not cancelled when the caller goes away: what was ordered is done.
/// </summary>
internal sealed class RouterCalls(NodeActors actors, Reach reach)
{
    /// <summary>For this node's own.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The answers; null when this node's own router did not answer in time. Only for what may be asked twice, because SDKs will.</summary>
    internal Task<Gathered<T>?> AskAsync<T>(RouterProtocol.Scope scope, IClusterMessage question)
        where T : class => AskAsync<T>(scope.Connection, question);

    /// <param name="connection">Whose node is meant; null = all nodes.</param>
    /// <param name="question">As <see cref="AskAsync{T}(RouterProtocol.Scope, IClusterMessage)"/>.</param>
    internal async Task<Gathered<T>?> AskAsync<T>(ConnectionId? connection, IClusterMessage question)
        where T : class
    {
        try
        {
            return connection is { } id
                ? await reach.AskHolderAsync<T>(id, actors.Router, RouterActor.Name, question, Patience, CancellationToken.None)
                : await reach.AskAllAsync<T>(actors.Router, RouterActor.Name, question, Patience, CancellationToken.None);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// Hands a message over. Returns when it was fanned out, so a caller is never faster than the routers; and without it after a
    /// while, because the message stands in a router's mailbox then and an error would make SDKs send it twice.
    /// </summary>
    internal async Task<IReadOnlyList<string>> SendAsync(RouterProtocol.Send send) => (await AskAsync<RouterProtocol.SendReport>(send.Scope, send))?.Missing ?? [];

    /// <summary>The same for sending people away: asked twice, it would hit those who have come back in the meantime.</summary>
    internal async Task<IReadOnlyList<string>> EndAsync(RouterProtocol.EndScope end) => (await AskAsync<RouterProtocol.Matched>(end.Scope, end))?.Missing ?? [];
}

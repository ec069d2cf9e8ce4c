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

    /// <summary>How long a call keeps its share when the router never comes to its message. A router that stands still for so long has other troubles.</summary>
    internal TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The answers; null when this node's own router did not answer in time. Only for what may be asked twice, because SDKs will.</summary>
    internal Task<Gathered<T>?> AskAsync<T>(RouterProtocol.Scope scope, IClusterMessage question, CallUnderWay? share = null)
        where T : class => question is RouterProtocol.Join or RouterProtocol.Leave
            ? AnswerAsync(reach.SayAsync<T>(actors.Router, scope, (RouterProtocol.ICrossing)question, share is null ? Patience : Longest, CancellationToken.None), share)
            : AskAsync<T>(scope.Connection, question, share);

    /// <param name="connection">Whose node is meant; null = all nodes.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="share">Kept until the routers have answered, also when the caller is not kept waiting any more.</param>
    internal async Task<Gathered<T>?> AskAsync<T>(ConnectionId? connection, IClusterMessage question, CallUnderWay? share = null)
        where T : class
    {
        var longest = share is null ? Patience : Longest;
        var asked = connection is { } id
            ? reach.AskHolderAsync<T>(id, actors.Router, RouterActor.Name, question, longest, CancellationToken.None)
            : reach.AskAllAsync<T>(actors.Router, RouterActor.Name, question, longest, CancellationToken.None);
        return await AnswerAsync(asked, share);
    }

    private async Task<Gathered<T>?> AnswerAsync<T>(Task<Gathered<T>> asked, CallUnderWay? share)
        where T : class
    {
        share?.LastsUntil(asked);
        try
        {
            return await asked.WaitAsync(Patience);
        }
        catch (Exception e) when (e is AskTimeoutException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// Hands a message over. Returns when it was fanned out, so a caller is never faster than the routers; and without it after a
    /// while, because the message stands in a router's mailbox then and an error would make SDKs send it twice.
    /// </summary>
    internal async Task<IReadOnlyList<string>> SendAsync(RouterProtocol.Send send, CallUnderWay? share) =>
        (await AnswerAsync(reach.SendAsync(actors.Router, send, share is null ? Patience : Longest, CancellationToken.None), share))?.Missing ?? [];

    /// <summary>The same for sending people away: asked twice, it would hit those who have come back in the meantime.</summary>
    internal async Task<IReadOnlyList<string>> EndAsync(RouterProtocol.EndScope end, CallUnderWay? share) =>
        (await AskAsync<RouterProtocol.Matched>(end.Scope, end, share))?.Missing ?? [];
}

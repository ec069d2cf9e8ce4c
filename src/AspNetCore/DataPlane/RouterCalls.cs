using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>Asks the router. Not cancelled when the caller goes away: what was ordered is done.</summary>
internal sealed class RouterCalls(NodeActors actors)
{
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The answer; null when none came in time. Only for what may be asked twice, because SDKs will.</summary>
    internal async Task<T?> AskAsync<T>(RouterProtocol.IMessage question)
        where T : class
    {
        try
        {
            return await actors.Router.Ask<T>(question, Patience, CancellationToken.None);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>
    /// Hands a message over. Returns when it was fanned out, so a caller is never faster than the router; and without it after a
    /// while, because the message stands in the router's mailbox then and an error would make SDKs send it twice.
    /// </summary>
    internal async Task SendAsync(RouterProtocol.Send send) => await AskAsync<RouterProtocol.SendReport>(send);

    /// <summary>The same for sending people away: asked twice, it would hit those who have come back in the meantime.</summary>
    internal async Task EndAsync(RouterProtocol.EndScope end) => await AskAsync<RouterProtocol.Matched>(end);
}

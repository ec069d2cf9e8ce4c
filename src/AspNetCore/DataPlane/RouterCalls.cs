using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>Asks the router. Not cancelled when the caller goes away: what was ordered is done.</summary>
internal sealed class RouterCalls(NodeActors actors)
{
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a call keeps its share when the router never comes to its message. A router that stands still for so long has other troubles.</summary>
    internal TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The answer; null when none came in time. Only for what may be asked twice, because SDKs will.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="share">Kept until the router has answered, also when the caller is not kept waiting any more.</param>
    internal async Task<T?> AskAsync<T>(RouterProtocol.IMessage question, CallUnderWay? share = null)
        where T : class
    {
        var asked = actors.Router.Ask<T>(question, share is null ? Patience : Longest, CancellationToken.None);
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
    /// Hands a message over. Returns when it was fanned out, so a caller is never faster than the router; and without it after a
    /// while, because the message stands in the router's mailbox then and an error would make SDKs send it twice.
    /// </summary>
    internal async Task SendAsync(RouterProtocol.Send send, CallUnderWay? share) => await AskAsync<RouterProtocol.SendReport>(send, share);

    /// <summary>The same for sending people away: asked twice, it would hit those who have come back in the meantime.</summary>
    internal async Task EndAsync(RouterProtocol.EndScope end, CallUnderWay? share) => await AskAsync<RouterProtocol.Matched>(end, share);
}

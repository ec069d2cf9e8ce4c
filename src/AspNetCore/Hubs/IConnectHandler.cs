namespace ActorSockets.AspNetCore.Hubs;

/// <summary>A hub handler that decides itself who may connect, after the token was checked and before the upgrade.</summary>
public interface IConnectHandler
{
    /// <summary>
    /// Answers within 15 s of the complete request head, or the client gets 503. An exception is answered with 500.
    /// </summary>
    ValueTask<ConnectDecision> OnConnectAsync(ConnectRequest request, CancellationToken cancellation);
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Asks the application whether a client may connect, and turns every way this can go into a decision or a refusal.</summary>
internal sealed partial class ConnectHandlerCall(ILogger<ConnectHandlerCall> logger)
{
    /// <param name="handler">The application.</param>
    /// <param name="request">The client.</param>
    /// <param name="clientGone">It does not wait any more.</param>
    /// <param name="cancellation">Neither it nor the gateway does.</param>
    internal async ValueTask<(ConnectDecision? Decision, Refusal? Refusal)> AskAsync(
        IConnectHandler handler, ConnectRequest request, CancellationToken clientGone, CancellationToken cancellation)
    {
        Task<ConnectDecision>? asked = null;
        try
        {
            asked = handler.OnConnectAsync(request, cancellation).AsTask();
            var decision = await asked.WaitAsync(cancellation);
            return decision.RefusalStatus is { } status
                ? (null, Refusals.Handler(status, decision.Detail))
                : (decision, null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            if (asked is not null && handler is IAbandonedConnects interested) _ = AwaitLateAsync(asked, interested, request);
            return (null, clientGone.IsCancellationRequested ? Refusals.ClientGone() : Refusals.HandshakeTimeout());
        }
#pragma warning disable CA1031 // the application's code may throw anything; the client is told 500, the log the rest
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failed(request.Hub, request.Id, e);
            return (null, Refusals.Handler(500, "The application behind this hub failed."));
        }
    }

    /// <summary>The client has its refusal, or is gone; a yes that still comes has to be taken back.</summary>
    private async Task AwaitLateAsync(Task<ConnectDecision> asked, IAbandonedConnects interested, ConnectRequest request)
    {
        try
        {
            if (await asked is { RefusalStatus: null } decision) interested.OnAbandoned(request, decision);
        }
#pragma warning disable CA1031 // as above
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (e is not OperationCanceledException) Failed(request.Hub, request.Id, e);
        }
    }

    [LoggerMessage(EventIds.ConnectHandlerFailed, LogLevel.Error, "The connect handler of hub {Hub} failed for connection {Connection}")]
    private partial void Failed(string hub, ConnectionId connection, Exception exception);
}

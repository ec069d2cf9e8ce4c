using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Where exceptions of an application's handler go when no session is left to end because of them.</summary>
internal sealed partial class HandlerFaults(ILogger<HandlerFaults> logger)
{
    internal void Watch(SessionInfo session, string callback, ValueTask work)
    {
        if (work.IsCompletedSuccessfully) return;
        _ = ObserveAsync(session, callback, work);
    }

    internal async Task ObserveAsync(SessionInfo session, string callback, ValueTask work)
    {
        try
        {
            await work;
        }
#pragma warning disable CA1031 // the application's code may throw anything; the gateway goes on
        catch (Exception e)
#pragma warning restore CA1031
        {
            HandlerFailed(session.Id.Value, session.Hub, callback, e);
        }
    }

    [LoggerMessage(EventIds.HandlerFailed, LogLevel.Error, "The handler of hub {Hub} failed in {Callback} for connection {Connection}")]
    private partial void HandlerFailed(string connection, string hub, string callback, Exception exception);
}

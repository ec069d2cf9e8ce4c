using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Where exceptions of an application's handler are written down; some end their session, others have none left to end.</summary>
internal sealed partial class HandlerFaults(ILogger<HandlerFaults> logger)
{
    /// <summary>
    /// Makes the call on the thread pool and returns at once: the callers are an actor and the end of a connection, which must
    /// neither wait for the application nor see what it throws before its first await.
    /// </summary>
    internal void Watch(SessionInfo session, string callback, Func<ValueTask> call) => Watch(session.Hub, callback, call, session.Id.Value);

    /// <inheritdoc cref="Watch(SessionInfo, string, Func{ValueTask})"/>
    internal void Watch(string hub, string callback, Func<ValueTask> call, string? connection = null) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            watched => _ = ObserveAsync(watched.hub, watched.connection, watched.callback, watched.call), (hub, connection, callback, call), preferLocal: false);

    private async Task ObserveAsync(string hub, string? connection, string callback, Func<ValueTask> call)
    {
        try
        {
            await call();
        }
#pragma warning disable CA1031 // the application's code may throw anything; the gateway goes on
        catch (Exception e)
#pragma warning restore CA1031
        {
            HandlerFailed(connection, hub, callback, e);
        }
    }

    internal void Log(SessionInfo session, string callback, Exception fault) => HandlerFailed(session.Id.Value, session.Hub, callback, fault);

    [LoggerMessage(EventIds.HandlerFailed, LogLevel.Error, "The handler of hub {Hub} failed in {Callback} for connection {Connection}")]
    private partial void HandlerFailed(string? connection, string hub, string callback, Exception exception);
}

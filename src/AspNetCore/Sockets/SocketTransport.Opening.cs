using System.Diagnostics.CodeAnalysis;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Sockets;

/// <content>The handler may greet its client before it hears from it.</content>
internal sealed partial class SocketTransport
{
    /// <summary>False ends the reading.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A handler may throw anything, and all of it means server-error.")]
    private async ValueTask<bool> OpenAsync()
    {
        try
        {
            var opened = _sink!.OnOpenedAsync(SessionToken());
            if (opened.IsCompletedSuccessfully) return true;
            Pause(time.GetTimestamp(), throttled: false);
            await opened;
            Resume();
            return true;
        }
        catch (Exception fault)
        {
            _sink!.OnFault("opened", fault);
            Fault(EndingCatalogue.ServerError, null, fault.GetType().Name);
            return false;
        }
    }
}

using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Stands where the session's sink will be, from the application's yes to the 101: when there is no 101, the application hears of it.</summary>
internal sealed class AbandonedConnect(IAbandonedConnects application, ConnectRequest request, ConnectDecision decision) : IMessageSink
{
    public ValueTask OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, out bool isData, CancellationToken cancellation)
    {
        isData = true;
        return ValueTask.CompletedTask;
    }


    public void OnSessionWarning(DateTimeOffset endsAt)
    {
    }

    public void OnNeverOpened() => application.OnAbandoned(request, decision);
}

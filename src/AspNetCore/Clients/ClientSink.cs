using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>A client protocol between the reader and the hub's handler: what is no message, the handler hears as ever.</summary>
internal abstract class ClientSink(HubConnection connection) : IMessageSink
{
    public virtual OutboundMessage? Greeting => null;

    public virtual bool Greets => Connection.Greets;

    protected HubConnection Connection { get; } = connection;

    public virtual ValueTask OnOpenedAsync(CancellationToken cancellation) => Connection.OpenedAsync(cancellation);

    public abstract ValueTask OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, out bool isData, CancellationToken cancellation);

    public virtual OutboundMessage? Farewell(CloseOrder order) => null;

    public void OnFault(string callback, Exception fault) => Connection.Failed(callback, fault);

    public virtual void OnEnded(Ending ending) => Connection.Ended(ending);

    public void OnSessionWarning(DateTimeOffset endsAt) => Connection.Warn(endsAt);
}

using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Clients;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Makes the parts of a session that live on the socket's side.</summary>
internal sealed class SessionFactory(
    Live<NodeSettings> settings, KeepAliveWheel wheel, ITransportMeter meter, HubHandlers handlers, HandlerFaults faults, ClientDoor door, TimeProvider time)
{
    internal HubHandler HandlerOf(string hub, HubOptions options) => handlers.For(hub, options.Handler ?? "none");

    internal SocketTransport NewTransport(string hub) => new(hub, settings, wheel, time, meter);

    internal HubConnection NewConnection(SupervisorProtocol.Admitted admitted, SocketTransport transport, HubHandler handler) =>
        new(admitted.Session, transport, admitted.Connection, handler, faults);

    internal IMessageSink SinkFor(HubConnection connection, RawMode mode) => door.SinkFor(connection, mode);
}

using ActorSockets.Actors;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Clients;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Sockets;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Makes the parts of a session that live on the socket's side.</summary>
internal sealed class SessionFactory(
    Live<NodeSettings> settings,
    KeepAliveWheel wheel,
    ITransportMeter meter,
    HubHandlers handlers,
    HandlerFaults faults,
    ClientDoor door,
    ReconnectionTokens tokens,
    TimeProvider time)
{
    internal HubHandler HandlerOf(string hub, HubOptions options) => handlers.For(hub, options.Handler ?? "none");

    internal SocketTransport NewTransport(string hub) => new(hub, settings, wheel, time, meter);

    /// <summary>What stands before the transport in a protocol with recovery; null in all others.</summary>
    internal ReliableSession? ReliableOver(SocketTransport first, string? subprotocol) =>
        subprotocol == Compat.ReliableJson ? new ReliableSession(settings, time, first) { Dropped = meter.MessageDropped } : null;

    /// <summary>A session that another node gave up.</summary>
    internal ReliableSession ReliableOf(SessionState state) => new(settings, time, state) { Dropped = meter.MessageDropped };

    /// <summary>Who takes the messages of a new session, and to whom its transport reports.</summary>
    internal (IMessageSink Sink, IActorRef Reports) Begin(
        SupervisorProtocol.Admitted admitted, SocketTransport transport, ReliableSession? reliable, HubHandler handler, RawMode mode, object? state)
    {
        if (reliable is not null) return (Attach(reliable, admitted, handler, state, begun: false), new TransportVoice(admitted.Connection, transport));
        var connection = new HubConnection(admitted.Session, transport, admitted.Connection, handler, faults) { State = state };
        return (door.SinkFor(connection, mode), admitted.Connection);
    }

    /// <summary>The application's side of a session that outlives its transports.</summary>
    /// <param name="begun">The handler has heard of its beginning, on another node.</param>
    internal ReliableJsonClient Attach(ReliableSession reliable, SupervisorProtocol.Admitted admitted, HubHandler handler, object? state, bool begun)
    {
        var connection = new HubConnection(admitted.Session, new ReliableOutlet(reliable), admitted.Connection, handler, faults) { State = state };
        var client = new ReliableJsonClient(connection, reliable, tokens, door, begun);
        reliable.Client = client;
        if (begun) handler.OnAdopted(connection);
        return client;
    }
}

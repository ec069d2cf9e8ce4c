using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Sockets;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>Between clients and the router: who speaks which protocol, and what they ask for. One for all connections.</summary>
internal sealed partial class ClientDoor(NodeActors actors, Live<NodeSettings> settings, TimeProvider time, ILogger<ClientDoor> logger)
{
    internal TimeProvider Time => time;

    /// <summary>Who takes the messages of a session without recovery.</summary>
    internal IMessageSink SinkFor(HubConnection connection, RawMode mode) => DeliveryForms.Of(connection.Subprotocol) switch
    {
        DeliveryForm.Json => new JsonClient(connection, this, new AckWindow(settings.Current.Sessions.AckWindow)),
        _ when mode.Group is not null => new RawGroupClient(connection, mode, this),
        _ => connection,
    };

    /// <summary>Asks the router, and waits: a client has one request at a time there, so clients cannot flood it.</summary>
    internal Task<RouterProtocol.Verdict> AskAsync(RouterProtocol.ClientRequest request)
    {
        actors.Router.Tell(request, ActorRefs.NoSender);
        return request.Done.Task;
    }

    /// <summary>The client did not ask to be told, so only the log is. What the client wrote is left out.</summary>
    internal void Unanswered(HubConnection connection, JsonFrameType what, string error) =>
        NotDone(connection.Id.Value, connection.Hub, what, error);

    [LoggerMessage(EventIds.ClientRequestNotDone, LogLevel.Debug, "Connection {Connection} of hub {Hub}: {What} was not done: {Error}")]
    private partial void NotDone(string connection, string hub, JsonFrameType what, string error);
}

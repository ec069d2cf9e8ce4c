namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Handler <c>echo</c>: every message goes back as it came.</summary>
internal sealed class EchoHandler : HubHandler
{
    public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation)
    {
        var sent = connection.SendAsync(message.Payload, message.IsText, cancellation);
        return sent.IsCompletedSuccessfully ? ValueTask.CompletedTask : Await(sent);

        static async ValueTask Await(ValueTask<Actors.Connections.SendOutcome> sent) => await sent;
    }
}

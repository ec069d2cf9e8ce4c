namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Handler <c>echo</c>: every message goes back as it came.</summary>
internal sealed class EchoHandler : HubHandler
{
    public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) =>
        Sent(connection.SendAsync(message.Payload, message.IsText, cancellation));

    public override ValueTask OnEventAsync(HubConnection connection, HubEvent happened, CancellationToken cancellation) =>
        Sent(connection.SendAsync(happened.Payload, happened.Type, cancellation));

    private static ValueTask Sent(ValueTask<Actors.Connections.SendOutcome> sent)
    {
        return sent.IsCompletedSuccessfully ? ValueTask.CompletedTask : Await(sent);

        static async ValueTask Await(ValueTask<Actors.Connections.SendOutcome> sent) => await sent;
    }
}

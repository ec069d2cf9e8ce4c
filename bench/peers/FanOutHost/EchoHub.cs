using ActorSockets.AspNetCore.Hubs;

namespace ActorSockets.Bench.FanOutHost;

/// <summary>Echoes, so that the host can be warmed up like every other server.</summary>
internal sealed class EchoHub : HubHandler
{
    internal const string Name = "echo";

    public override async ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) =>
        await connection.SendAsync(message.Payload, message.IsText, cancellation);
}

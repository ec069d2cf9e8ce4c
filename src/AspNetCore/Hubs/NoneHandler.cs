namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Handler <c>none</c>: delivery only; what a client says is counted and dropped.</summary>
internal sealed class NoneHandler : HubHandler
{
    public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) => ValueTask.CompletedTask;
}

using System.Collections.Concurrent;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Hubs;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>A handler that does everything a handler may do, at the word of its client, and counts who came and went.</summary>
internal sealed class ChaosHandler(IHubSender sender) : HubHandler
{
    internal const string Hub = "chaos";
    internal const string Group = "crowd";

    /// <summary>Opened minus disconnected calls, by session.</summary>
    internal ConcurrentDictionary<ConnectionId, int> Balance { get; } = new();

    public override async ValueTask OnOpenedAsync(HubConnection connection, CancellationToken cancellation)
    {
        Balance.AddOrUpdate(connection.Id, 1, (_, n) => n + 1);
        if (Random.Shared.Next(2) == 0) await sender.AddToGroupAsync(connection.Id, Group, cancellation);
    }

    public override async ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation)
    {
        var text = message.IsText ? message.AsText() : "";
        if (text.StartsWith("throw", StringComparison.Ordinal)) throw new InvalidOperationException("as asked");
        if (text.StartsWith("close", StringComparison.Ordinal)) connection.Close(4321, "as asked");
        if (text.StartsWith("all", StringComparison.Ordinal)) await sender.SendToGroupAsync(Hub, Group, OutboundMessage.Text(text), null, cancellation);
        if (text.StartsWith("late", StringComparison.Ordinal)) await Task.Yield();
        await connection.SendAsync(message.Payload, message.IsText, cancellation);
    }

    public override ValueTask OnDisconnectedAsync(HubConnection connection, Ending ending, CancellationToken cancellation)
    {
        Balance.AddOrUpdate(connection.Id, -1, (_, n) => n - 1);
        return ValueTask.CompletedTask;
    }
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>
/// Sends to and closes connections from anywhere in the application. A slow client never holds a sender back: its queue is
/// bounded, and the hub's <c>WhenSlow</c> decides. A payload is encoded once and shared by all receivers.
/// </summary>
/// <remarks>Every call but <see cref="DrainAsync"/> has a deadline of 5 s and throws <see cref="TimeoutException"/> after it.</remarks>
public interface IHubSender
{
    /// <summary>To every connection of a hub.</summary>
    Task<FanOutResult> SendToHubAsync(string hub, OutboundMessage message, IReadOnlySet<ConnectionId>? excluded = null, CancellationToken cancellation = default);

    /// <summary>To every connection of a user.</summary>
    Task<FanOutResult> SendToUserAsync(string hub, string userId, OutboundMessage message, IReadOnlySet<ConnectionId>? excluded = null, CancellationToken cancellation = default);

    /// <summary>To every connection in a group.</summary>
    Task<FanOutResult> SendToGroupAsync(string hub, string group, OutboundMessage message, IReadOnlySet<ConnectionId>? excluded = null, CancellationToken cancellation = default);

    /// <summary>To one connection.</summary>
    Task<FanOutResult> SendToConnectionAsync(string hub, ConnectionId connection, OutboundMessage message, CancellationToken cancellation = default);

    /// <summary>Puts a connection into a group (1 to 1024 characters, case-sensitive); false when the connection is gone.</summary>
    Task<bool> AddToGroupAsync(ConnectionId connection, string group, CancellationToken cancellation = default);

    /// <summary>Takes a connection out of a group; false when the connection is gone.</summary>
    Task<bool> RemoveFromGroupAsync(ConnectionId connection, string group, CancellationToken cancellation = default);

    /// <summary>Ends every matching session with <c>server-closed</c>; answers how many were told.</summary>
    /// <param name="selector">At least one condition.</param>
    /// <param name="code">One of <see cref="Actors.Endings.CloseCodes.Allowed"/>.</param>
    /// <param name="reason">Goes out verbatim, at most 123 UTF-8 bytes; null sends the ending's id.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    Task<int> CloseAsync(ConnectionSelector selector, int code = 1000, string? reason = null, CancellationToken cancellation = default);

    /// <summary>
    /// Closes the matching sessions over some time instead of at once, quiet ones first, each with the moment at which it is to come
    /// back; ends when the last one is gone. Cancelling the wait cancels the drain. Its deadline is its own; an operator who pauses it
    /// holds the answer up for an hour at most.
    /// </summary>
    /// <exception cref="ArgumentException">The request contradicts itself, or its deadline is too short; the text says what would do.</exception>
    /// <exception cref="TimeoutException">
    /// It did not begin within 5 s, or it is not over an hour later than planned, because it was paused or a node that has a part in it does not answer; then it is still there.
    /// </exception>
    Task<DrainResult> DrainAsync(DrainRequest request, CancellationToken cancellation = default);
}

/// <summary>What became of a message to many.</summary>
/// <param name="Matched">Connections that were meant.</param>
/// <param name="Queued">Of these, connections whose queue took it.</param>
public readonly record struct FanOutResult(int Matched, int Queued);

using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>
/// The application's side of a hub, in process. One instance serves all connections of the hub; what belongs to one
/// connection goes into <see cref="HubConnection.State"/>. Also implement <see cref="IConnectHandler"/> to decide who may connect.
/// </summary>
public abstract class HubHandler
{
    /// <summary>Created by the container, once for its hub.</summary>
    protected HubHandler()
    {
        Func<HubConnection, CancellationToken, ValueTask> opened = OnOpenedAsync;
        Greets = opened.Method.DeclaringType != typeof(HubHandler);
    }

    /// <summary>It overrides <see cref="OnOpenedAsync"/>.</summary>
    internal bool Greets { get; }

    /// <summary>What it keeps for a connection, for the same handler on another node; null = nothing.</summary>
    internal virtual string? SaveState(HubConnection connection) => null;

    /// <summary>What becomes <see cref="HubConnection.State"/> there.</summary>
    internal virtual object? RestoreState(string? saved) => null;

    /// <summary>A session that began on another node goes on here, with what <see cref="RestoreState"/> made.</summary>
    internal virtual void OnAdopted(HubConnection connection)
    {
    }

    /// <summary>The 101 answer went out. Messages are read once this has completed.</summary>
    public virtual ValueTask OnOpenedAsync(HubConnection connection, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>
    /// One message arrived. The next one of this connection is read when this has completed: that is the back-pressure to the
    /// client, bounded by <c>Timers:MaxPause</c>. The payload is valid until then. An exception ends the session with <c>server-error</c>.
    /// </summary>
    public abstract ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation);

    /// <summary>
    /// A client whose subprotocol has named events sent one; all else as in <see cref="OnMessageAsync"/>, which is what is called
    /// unless this is overridden. A client that asked for it gets its ack when this has completed.
    /// </summary>
    public virtual ValueTask OnEventAsync(HubConnection connection, HubEvent happened, CancellationToken cancellation) =>
        OnMessageAsync(connection, new HubMessage(happened.Payload, happened.Type is PayloadType.Text or PayloadType.Json), cancellation);

    /// <summary>The session is gone; called exactly once for each <see cref="OnOpenedAsync"/>, also after that failed.</summary>
    public virtual ValueTask OnDisconnectedAsync(HubConnection connection, Ending ending, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>
    /// The session's token runs out: the session ends at <paramref name="endsAt"/> unless it is extended
    /// (<c>POST /admin/v1/connections/{id}/session</c>).
    /// </summary>
    public virtual ValueTask OnSessionWarningAsync(HubConnection connection, DateTimeOffset endsAt, CancellationToken cancellation) => ValueTask.CompletedTask;

    /// <summary>
    /// Sessions of this hub are going to be closed: called once for each drain that concerns the hub, when it is ordered, which for a
    /// planned one is long before it starts; and once more if it is cancelled.
    /// </summary>
    public virtual ValueTask OnDrainAnnouncedAsync(DrainAnnouncement announcement, CancellationToken cancellation) => ValueTask.CompletedTask;
}

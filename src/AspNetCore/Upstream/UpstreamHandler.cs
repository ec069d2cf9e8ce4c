using ActorSockets.Actors;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// Handler <c>upstream</c>: what happens on a connection is told to servers of the application's. Events of one connection go one after
/// another, and no further message is read before the answer to the last one: that is the back-pressure.
/// </summary>
internal class UpstreamHandler(string hub, UpstreamTelling telling) : HubHandler
{
    /// <summary>So much of its time a user event gives the telling of <c>connected</c>, which comes first.</summary>
    private static readonly TimeSpan HeadStart = TimeSpan.FromSeconds(5);

    protected string Hub => hub;

    protected UpstreamTelling Telling => telling;

    public override ValueTask OnOpenedAsync(HubConnection connection, CancellationToken cancellation)
    {
        var session = SessionOf(connection);
        connection.State = session;
        if (session.State is { } state) telling.StateKept(connection.Id, state);
        if (telling.Routes.Of(hub)?.For(SystemEvent.Connected) is { } route)
            session.Connected = telling.Notices.TellAsync(route, () => Told(connection, session, SystemEvent.Connected), Task.CompletedTask);
        return ValueTask.CompletedTask;
    }

    internal override string? SaveState(HubConnection connection) => SessionOf(connection).Save();

    internal override object? RestoreState(string? saved) => UpstreamSession.Restore(saved);

    /// <summary>Whoever is told of the sessions here has heard of this one without its state.</summary>
    internal override void OnAdopted(HubConnection connection)
    {
        if (SessionOf(connection).State is { } state) telling.StateKept(connection.Id, state);
    }

    /// <summary>A client without a protocol of ours cannot be told that something failed, so it is closed.</summary>
    public override async ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation)
    {
        // What comes between the failure and the close order.
        if (SessionOf(connection).Failed) return;
        var happened = new HubEvent(EventName.Message, message.IsText ? PayloadType.Text : PayloadType.Binary, message.Payload);
        if (await TakenAsync(connection, happened, cancellation) || cancellation.IsCancellationRequested) return;
        SessionOf(connection).Failed = true;
        connection.End(new EndRequest(EndingCatalogue.UpstreamError));
    }

    /// <summary>A client with a protocol of ours is told, when it wants to know, and stays.</summary>
    public override async ValueTask OnEventAsync(HubConnection connection, HubEvent happened, CancellationToken cancellation)
    {
        if (!await TakenAsync(connection, happened, cancellation)) throw new EventFailedException();
    }

    public override async ValueTask OnDisconnectedAsync(HubConnection connection, Ending ending, CancellationToken cancellation)
    {
        if (telling.Routes.Of(hub)?.For(SystemEvent.Disconnected) is not { } route || telling.Survivors.Report(connection.Id)) return;
        var session = SessionOf(connection);
        await telling.Notices.TellAsync(
            route,
            () => Told(connection, session, SystemEvent.Disconnected) with { Body = DisconnectedBody.Of(ending.Id) },
            Task.WhenAll(session.Connected, session.Current));
    }

    private async Task<bool> TakenAsync(HubConnection connection, HubEvent happened, CancellationToken over)
    {
        var session = SessionOf(connection);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        session.Current = done.Task;
        try
        {
            return await AskAsync(connection, session, happened, over);
        }
        finally
        {
            done.SetResult();
        }
    }

    private async Task<bool> AskAsync(HubConnection connection, UpstreamSession session, HubEvent happened, CancellationToken over)
    {
        if (telling.Routes.Of(hub)?.ForUser(happened.Name) is not { } route)
        {
            telling.NoHandler(hub, connection.Id, happened.Name);
            return false;
        }

        var left = route.Timeout;
        if (!session.Connected.IsCompleted)
        {
            var begun = telling.Time.GetTimestamp();
            await session.Connected.WaitAsync(HeadStart < left / 2 ? HeadStart : left / 2, telling.Time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            left -= telling.Time.GetElapsedTime(begun);
        }

        var told = new UpstreamEvent
        {
            Kind = "user",
            Type = Compat.UserEventType + happened.Name,
            Name = happened.Name,
            Hub = hub,
            ConnectionId = connection.Id.Value,
            Id = session.NextId(),
            Time = telling.Time.GetUtcNow(),
            UserId = connection.UserId,
            Subprotocol = connection.Subprotocol,
            State = session.State,
            ContentType = EventContent.TypeOf(happened.Type),
            Body = happened.Payload,
        };
        var result = await telling.Calls.CallAsync(route, told, awaited: true, left, over);
        // Until its answer is written to its client or waits in its queue.
        using var reply = result.Reply;
        if (result.Outcome != UpstreamOutcome.Ok || reply is null) return false;
        var answer = EventContent.Read(reply.ContentType, reply.Body, out var fault);
        if (fault is not null)
        {
            telling.BadAnswer(told, fault);
            return false;
        }

        if (session.Take(reply)) telling.StateKept(connection.Id, session.State);
        if (answer is { } something) await connection.SendAsync(something.Data, something.Type, over);
        return true;
    }

    protected UpstreamEvent Told(HubConnection connection, UpstreamSession session, SystemEvent systemEvent) =>
        telling.System(systemEvent, hub, connection.Id, session.NextId()) with
        {
            UserId = connection.UserId,
            Subprotocol = connection.Subprotocol,
            State = session.State,
        };

    private static UpstreamSession SessionOf(HubConnection connection) => connection.State as UpstreamSession ?? new UpstreamSession();
}

/// <summary>An event that its upstream did not take; logged already.</summary>
internal sealed class EventFailedException() : Exception("The upstream failed.");

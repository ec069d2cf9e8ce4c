using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Upstream;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>
/// A client of the JSON protocol: takes its frames, has the router and the hub's handler do what they say, and answers. One frame at
/// a time and in order, so an ack follows its effect. A message that is no frame ends the session; a frame that asks for what
/// cannot be gets a negative ack, if it wants one.
/// </summary>
internal class JsonClient(HubConnection connection, ClientDoor door, AckWindow acks) : ClientSink(connection)
{
    private const int LongestTtl = 300;
    private const string BadRequest = "BadRequest";

    private bool _over;

    public override OutboundMessage? Greeting => JsonAnswers.Connected(Connection.Session);

    public override OutboundMessage? Farewell(CloseOrder order) =>
        order.Ending == EndingCatalogue.ClientClosed || order.Ending == EndingCatalogue.SlowConsumer ? null : JsonAnswers.Disconnected(order.Words ?? order.Text);

    public override ValueTask OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, out bool isData, CancellationToken cancellation)
    {
        isData = false;

        // What comes between the fault and the close order.
        if (_over) return ValueTask.CompletedTask;
        if (!isText) return End(EndingCatalogue.UnsupportedData, "This subprotocol has text frames only.");
        if (JsonFrameReader.Read(payload.Span, out var frame) is { } problem) return End(EndingCatalogue.InvalidPayload, problem);
        isData = frame.Type is not (JsonFrameType.Ping or JsonFrameType.SequenceAck);
        return TakeAsync(frame, payload, cancellation);
    }

    /// <summary>Does what the frame says, and answers.</summary>
    /// <param name="frame">What was read.</param>
    /// <param name="message">What it was read from.</param>
    /// <param name="cancellation">The session is over.</param>
    protected virtual ValueTask TakeAsync(JsonFrame frame, ReadOnlyMemory<byte> message, CancellationToken cancellation) =>
        frame.Type switch
        {
            JsonFrameType.Ping => Answer(JsonAnswers.Pong, cancellation),
            JsonFrameType.SequenceAck => SequenceAcknowledged(frame.SequenceId),
            JsonFrameType.CancelInvocation => ValueTask.CompletedTask,
            JsonFrameType.Invoke when frame.InvocationId is { } id => Answer(JsonAnswers.NotInvoked(id, BadRequest, "Invocations are not supported here."), cancellation),
            JsonFrameType.SendToGroup or JsonFrameType.StreamData or JsonFrameType.StreamEnd when frame.StreamId is { } id =>
                Answer(JsonAnswers.StreamClosed(id, BadRequest, "Streaming is not supported here."), cancellation),
            _ when frame.AckId is { } ack && acks.Contains(ack) => Answer(JsonAnswers.Failure(ack, "Duplicate", $"Message with ack-id: {ack} has been processed."), cancellation),
            JsonFrameType.JoinGroup => GroupAsync(frame, cancellation),
            JsonFrameType.LeaveGroup => GroupAsync(frame, cancellation),
            JsonFrameType.SendToGroup => PublishAsync(frame, message, cancellation),
            JsonFrameType.Event => EventAsync(frame, message, cancellation),
            JsonFrameType.GroupState => Refuse(frame, BadRequest, "Group state is not supported here.", cancellation),
            _ => End(EndingCatalogue.InvalidPayload, "The frame lacks an invocationId or streamId."),
        };

    /// <summary>Belongs to the protocol with recovery.</summary>
    protected virtual ValueTask SequenceAcknowledged(ulong? id) => ValueTask.CompletedTask;

    protected ValueTask End(Ending ending, string explanation)
    {
        _over = true;
        Connection.End(new EndRequest(ending) { Code = ending.Code, Explanation = explanation });
        return ValueTask.CompletedTask;
    }

    private async ValueTask GroupAsync(JsonFrame frame, CancellationToken cancellation)
    {
        if (!GroupName.IsValid(frame.Group))
        {
            await Refuse(frame, BadRequest, $"A group's name is {GroupName.Allowed}.", cancellation);
            return;
        }

        ClientRequest request = frame.Type == JsonFrameType.JoinGroup ? new ClientJoins(Connection.Id, frame.Group!) : new ClientLeaves(Connection.Id, frame.Group!);
        await Conclude(frame, await door.AskAsync(request), cancellation);
    }

    private async ValueTask PublishAsync(JsonFrame frame, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (frame.Decode(message.Span) is not { } data)
        {
            await End(EndingCatalogue.InvalidPayload, WrongData(frame));
            return;
        }

        var problem = !GroupName.IsValid(frame.Group) ? $"A group's name is {GroupName.Allowed}."
            : frame.TtlSeconds is < 0 or > LongestTtl ? $"ttlSeconds is 0 to {LongestTtl}."
            : null;
        if (problem is not null)
        {
            await Refuse(frame, BadRequest, problem, cancellation);
            return;
        }

        var publication = new Publication(frame.DataType, data)
        {
            Group = frame.Group,
            FromUserId = Connection.UserId,
            ExpiresAt = frame.TtlSeconds > 0 ? door.Time.GetUtcNow().AddSeconds(frame.TtlSeconds) : null,
        };

        // Receivers mostly speak as the sender does, and this thread has more time than the router's.
        publication.For(DeliveryForm.Json);
        await Conclude(frame, await door.AskAsync(new ClientPublishes(Connection.Id, publication, frame.NoEcho)), cancellation);
    }

    private async ValueTask EventAsync(JsonFrame frame, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        if (frame.Decode(message.Span) is not { } data)
        {
            await End(EndingCatalogue.InvalidPayload, WrongData(frame));
            return;
        }

        if (frame.Event is not { } name || !EventName.IsValid(name))
        {
            await Refuse(frame, BadRequest, $"An event's name is {EventName.Allowed}.", cancellation);
            return;
        }

        var taken = Verdict.Done;
        try
        {
            await Connection.EventAsync(new HubEvent(name, frame.DataType, data), cancellation);
        }
        catch (EventFailedException)
        {
            taken = Verdict.Failed;
        }

        await Conclude(frame, taken, cancellation);
    }

    private ValueTask Conclude(JsonFrame frame, Verdict verdict, CancellationToken cancellation)
    {
        switch (verdict)
        {
            case Verdict.Done when frame.AckId is { } ack:
                acks.Add(ack);
                return Answer(JsonAnswers.Success(ack), cancellation);
            case Verdict.Done or Verdict.Unknown: // the session is ending
                return ValueTask.CompletedTask;
            case Verdict.Forbidden:
                return Refuse(frame, "Forbidden", "The client does not have the permission for this group.", cancellation);
            case Verdict.TooMany:
                return Refuse(frame, BadRequest, $"A connection can be in {GroupName.MaxPerConnection} groups.", cancellation);
            case Verdict.TooLong:
                return Refuse(frame, BadRequest, $"A message to a group is at most {Relay.MaxPayload} bytes.", cancellation);
            default:
                return Refuse(frame, "InternalServerError", "The server failed to do it.", cancellation);
        }
    }

    private ValueTask Refuse(JsonFrame frame, string name, string message, CancellationToken cancellation)
    {
        if (frame.AckId is { } ack) return Answer(JsonAnswers.Failure(ack, name, message), cancellation);
        door.Unanswered(Connection, frame.Type, name);
        return ValueTask.CompletedTask;
    }

    /// <summary>Waits for room, so a client that does not read its answers is not read either.</summary>
    private ValueTask Answer(ReadOnlyMemory<byte> frame, CancellationToken cancellation)
    {
        var sent = Connection.AnswerAsync(frame, cancellation);
        return sent.IsCompletedSuccessfully ? ValueTask.CompletedTask : Await(sent);

        static async ValueTask Await(ValueTask<SendOutcome> sent) => await sent;
    }

    private static string WrongData(JsonFrame frame) => frame.DataType switch
    {
        PayloadType.Json => "The frame must have data, and not null.",
        PayloadType.Text => "The frame must have data that is a text.",
        _ => "The frame must have data that is a text in base64.",
    };
}

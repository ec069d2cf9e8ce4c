using System.Net;
using System.Text;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Sockets;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>One live session as the in-process handler sees it. Members may be called from any thread.</summary>
public sealed class HubConnection : IMessageSink
{
    private readonly SessionInfo _session;
    private readonly ISessionOutlet _outlet;
    private readonly IActorRef _actor;
    private readonly HubHandler _handler;
    private readonly HandlerFaults _faults;

    internal HubConnection(SessionInfo session, ISessionOutlet outlet, IActorRef actor, HubHandler handler, HandlerFaults faults) =>
        (_session, _outlet, _actor, _handler, _faults) = (session, outlet, actor, handler, faults);

    /// <summary>The session's id.</summary>
    public ConnectionId Id => _session.Id;

    /// <summary>Lower-case hub name.</summary>
    public string Hub => _session.Hub;

    /// <summary>Null for an anonymous client.</summary>
    public string? UserId => _session.UserId;

    /// <summary>The client's address after trusted proxies.</summary>
    public IPAddress RemoteAddress => _session.Address.Address;

    /// <summary>The negotiated subprotocol, or null.</summary>
    public string? Subprotocol => _session.Subprotocol;

    /// <summary>When the slot was taken.</summary>
    public DateTimeOffset ConnectedAt => _session.ConnectedAt;

    /// <summary>Whatever the handler wants to keep for this connection.</summary>
    public object? State { get; set; }

    /// <summary>
    /// Sends to this client. Waits for room in its queue instead of dropping or closing, so a handler that answers its own client
    /// slows that client down; after <c>Timers:MaxPause</c> without room the session ends with <c>slow-consumer</c>, and so it does
    /// when more sends wait at once than <c>Limits:OutboundMessages</c> or <c>Limits:OutboundBytes</c> allow. A session with recovery
    /// keeps the message for its client instead and does not wait; its bounds are those of <c>Sessions</c>. To send from
    /// elsewhere use <see cref="IHubSender"/>, which never waits for a slow client.
    /// </summary>
    /// <param name="payload">Not needed any more once the task has completed.</param>
    /// <param name="isText">Whether the payload is UTF-8 text.</param>
    /// <param name="cancellation">Stops waiting for room.</param>
    public ValueTask<SendOutcome> SendAsync(ReadOnlyMemory<byte> payload, bool isText, CancellationToken cancellation = default) =>
        SendAsync(payload, isText ? PayloadType.Text : PayloadType.Binary, cancellation);

    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, bool, CancellationToken)"/>
    /// <param name="payload">Not needed any more once the task has completed. What is sent as JSON has to be one JSON value: it is not checked.</param>
    /// <param name="type">What the payload is. A raw client sees a text or a binary frame, a client of the JSON protocol the type itself.</param>
    /// <param name="cancellation">Stops waiting for room.</param>
    public ValueTask<SendOutcome> SendAsync(ReadOnlyMemory<byte> payload, PayloadType type, CancellationToken cancellation = default) =>
        DeliveryForms.Of(_session.Subprotocol) == DeliveryForm.Raw
            ? _outlet.SendAsync(payload, type is PayloadType.Text or PayloadType.Json, cancellation)
            : _outlet.SendAsync(JsonEnvelope.Of(new Publication(type, payload)), isText: true, cancellation);

    /// <inheritdoc cref="SendAsync(ReadOnlyMemory{byte}, bool, CancellationToken)"/>
    public ValueTask<SendOutcome> SendAsync(string text, CancellationToken cancellation = default) =>
        SendAsync(Encoding.UTF8.GetBytes(text), isText: true, cancellation);

    /// <summary>Ends this session with <c>server-closed</c>: what is queued goes out first, then the close frame.</summary>
    /// <param name="code">One of <see cref="CloseCodes.Allowed"/>.</param>
    /// <param name="reason">Goes out verbatim, at most <see cref="CloseText.MaxBytes"/> UTF-8 bytes; null sends the ending's id.</param>
    /// <exception cref="ArgumentException">The code is not allowed or the reason is too long.</exception>
    public void Close(int code = 1000, string? reason = null)
    {
        CallerWords.CheckCode(code, nameof(code));
        CallerWords.CheckReason(reason, nameof(reason));

        End(new EndRequest(EndingCatalogue.ServerClosed) { Code = code, Reason = reason });
    }

    internal SessionInfo Session => _session;

    /// <summary>Whether <see cref="OpenedAsync"/> does anything.</summary>
    internal bool Greets => _handler.Greets;

    bool IMessageSink.Greets => Greets;

    ValueTask IMessageSink.OnOpenedAsync(CancellationToken cancellation) => OpenedAsync(cancellation);

    ValueTask IMessageSink.OnMessageAsync(ReadOnlyMemory<byte> payload, bool isText, out bool isData, CancellationToken cancellation)
    {
        isData = true;
        return _handler.OnMessageAsync(this, new HubMessage(payload, isText), cancellation);
    }

    void IMessageSink.OnFault(string callback, Exception fault) => Failed(callback, fault);

    void IMessageSink.OnEnded(Ending ending) => Ended(ending);

    void IMessageSink.OnSessionWarning(DateTimeOffset endsAt) => Warn(endsAt);

    internal ValueTask OpenedAsync(CancellationToken cancellation) => _handler.OnOpenedAsync(this, cancellation);

    internal ValueTask EventAsync(HubEvent happened, CancellationToken cancellation) => _handler.OnEventAsync(this, happened, cancellation);

    /// <summary>Sends a text frame that is no message, as it is.</summary>
    internal ValueTask<SendOutcome> AnswerAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation) => _outlet.AnswerAsync(frame, cancellation);

    /// <summary>What its handler keeps for it, for the same handler on another node.</summary>
    internal string? SaveState() => _handler.SaveState(this);

    /// <summary>Ends this session for what its client did.</summary>
    internal void End(EndRequest request) => _actor.Tell(new ConnectionProtocol.End(request), ActorRefs.NoSender);

    internal void Failed(string callback, Exception fault)
    {
        // Work that was cancelled because the session is over is no fault of the application's.
        if (fault is not OperationCanceledException) _faults.Log(_session, callback, fault);
    }

    internal void Warn(DateTimeOffset endsAt) =>
        _faults.Watch(_session, "session warning", () => _handler.OnSessionWarningAsync(this, endsAt, CancellationToken.None));

    /// <summary>The session is gone. Not awaited: the client's TCP connection must not wait for the application.</summary>
    internal void Ended(Ending ending) =>
        _faults.Watch(_session, "disconnected", () => _handler.OnDisconnectedAsync(this, ending, CancellationToken.None));
}

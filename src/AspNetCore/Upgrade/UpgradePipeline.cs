using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Clients;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// From a request to a session or a refusal. Judges what needs no counting (handshake, hub, origin, token, subprotocol) and
/// asks the supervisor the rest; knows nothing of the adapter that read the request.
/// </summary>
internal sealed partial class UpgradePipeline(
    Live<ActorSocketsOptions> options,
    Live<NodeSettings> settings,
    Live<NodeCondition> condition,
    NodeActors actors,
    NodeName node,
    TokenCheck tokens,
    AdminOrigins adminOrigins,
    SessionFactory sessions,
    SessionRecovery recovery,
    ConnectHandlerCall connectHandlers,
    TimeProvider time,
    ILogger<UpgradePipeline> logger)
{
    /// <summary>From the complete request head to the answer, connect handler included (contract: then 503).</summary>
    internal static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    private readonly PublicOrigins _publicOrigins = new();
    private int _suspicionLogged;
    private int _disagreementLogged;

    /// <summary>Decides. An accepted decision holds a slot that only <see cref="SessionRun"/> gives back.</summary>
    /// <param name="request">The request.</param>
    /// <param name="loopbackListener">The request came to a public listener on loopback.</param>
    /// <param name="clientGone">Cancelled when the client is gone.</param>
    internal async ValueTask<UpgradeDecision> DecideAsync(UpgradeRequest request, bool loopbackListener, CancellationToken clientGone)
    {
        var client = ClientAddressResolver.Resolve(request, settings.Current.Security.TrustedProxies);
        if (client.Suspicion is { } suspicion && Interlocked.Exchange(ref _suspicionLogged, 1) == 0) Suspicious(suspicion);
        if (client.HeadersDisagree && Interlocked.Exchange(ref _disagreementLogged, 1) == 0) Disagreeing(client.Address.Address);

        var found = HubAddress.Find(request, out var hub);
        var decision = (HandshakeCheck.Form(request) ?? found ?? HandshakeCheck.Version(request)) is { } malformed
            ? new UpgradeDecision.Refused(malformed)
            : await DecideForHubAsync(request, client, hub, loopbackListener, clientGone);
        if (decision is UpgradeDecision.Refused { Refusal: var refusal })
            actors.System.EventStream.Publish(new LifecycleEvents.Refused(refusal, found is null ? hub : null, client.Address));
        return decision;
    }

    private async ValueTask<UpgradeDecision> DecideForHubAsync(
        UpgradeRequest request, ResolvedClient client, string hub, bool loopbackListener, CancellationToken clientGone)
    {
        var current = options.Current;
        if (SessionRecovery.IsWanted(request))
            return await recovery.DecideAsync(request, client, hub, current.Hubs.GetValueOrDefault(hub), OriginOf(request, client, hasToken: true, loopbackListener));
        if (!current.Hubs.TryGetValue(hub, out var hubOptions)) return new UpgradeDecision.Refused(Refusals.UnknownHub(hub));

        var id = ConnectionId.New(node.Tag);
        using var span = GatewayTracing.StartConnect(hub, id, request.Headers["traceparent"], request.Headers["tracestate"]);
        if (AdmissionPolicy.BeforeCounting(client.Judged, settings.Current, condition.Current, time.GetUtcNow()) is { } early)
        {
            span.Refused(early.Id);
            return Refused(request, hubOptions, early);
        }

        var token = await tokens.JudgeAsync(request, hub, hubOptions.Anonymous, client.Place, time.GetUtcNow());
        var subprotocol = SubprotocolChoice.Choose(request.Headers["Sec-WebSocket-Protocol"], hubOptions.Subprotocols, hubOptions.RequireSubprotocol);
        var mode = RawMode.Read(request.Query, subprotocol.Chosen);
        var handler = sessions.HandlerOf(hub, hubOptions);
        var transport = sessions.NewTransport(hub);
        var admission = new Admission(id, hub, hubOptions, transport, request, client)
        {
            ConnectHandler = handler as IConnectHandler,
            Subprotocol = subprotocol,
            TokenPayload = token.Token?.Payload ?? default,
        };
        var question = new AdmissionQuestion(id, hub, client.Address, transport)
        {
            Judged = client.Judged,
            Origin = OriginOf(request, client, token.Token is not null, loopbackListener),
            TokenVerdict = token.Refusal ?? mode.Refusal,
            SubprotocolVerdict = subprotocol.Refusal,
            UserId = token.Token?.UserId,
            Token = token.Token?.Facts,
            Standing = token.Token?.Standing,
            Subprotocol = subprotocol.Chosen,
            AwaitsHandler = admission.ConnectHandler is not null,
            Reliable = admission.ConnectHandler is null ? sessions.ReliableOver(transport, subprotocol.Chosen) : null,
        };

        var (admitted, refusal, state, reliable) = await AdmitAsync(question, admission, clientGone);
        if (refusal is not null)
        {
            span.Refused(refusal.Id);
            return Refused(request, hubOptions, refusal);
        }

        try
        {
            var (sink, reports) = sessions.Begin(admitted!, transport, reliable, handler, mode.Mode, state);
            return new UpgradeDecision.Accepted(admitted!.Session, reports, transport, sink, Head(request, hubOptions, admitted.Session.Subprotocol));
        }
        catch (Exception e)
        {
            // Nobody else knows of the slot yet.
            SessionRun.GiveBack(admitted!.Connection, transport, e.GetType().Name);
            throw;
        }
    }

    private Refusal? OriginOf(UpgradeRequest request, ResolvedClient client, bool hasToken, bool loopbackListener) => OriginPolicy.Check(
        request.Headers["Origin"],
        hasToken,
        settings.Current.Security.AllowedOrigins,
        client.Place,
        _publicOrigins.Of(options.Current.PublicEndpoints),
        loopbackListener ? adminOrigins.Hosts : []);

    private async ValueTask<(SupervisorProtocol.Admitted? Admitted, Refusal? Refusal, object? State, ReliableSession? Reliable)> AdmitAsync(
        AdmissionQuestion question, Admission admission, CancellationToken clientGone)
    {
        var begun = time.GetTimestamp();

        // Not cancelled when the client goes: the answer may carry a slot, and somebody has to give it back.
        var (admitted, refusal) = await AskAsync(
            new SupervisorProtocol.Admit(question), late => SessionRun.GiveBack(late.Connection, admission.Transport, "the answer came too late"), begun);
        if (admitted is null || admission.ConnectHandler is not { } connectHandler) return (admitted, refusal, null, question.Reliable);
        try
        {
            return await ConfirmAsync(question, admission, admitted, connectHandler, begun, clientGone);
        }
        catch (Exception e)
        {
            SessionRun.GiveBack(admitted.Connection, admission.Transport, e.GetType().Name);
            throw;
        }
    }

    /// <summary>Asks the application, and the supervisor again with what it said; gives the slot back when either says no.</summary>
    private async ValueTask<(SupervisorProtocol.Admitted? Admitted, Refusal? Refusal, object? State, ReliableSession? Reliable)> ConfirmAsync(
        AdmissionQuestion question, Admission admission, SupervisorProtocol.Admitted admitted, IConnectHandler connectHandler, long begun, CancellationToken clientGone)
    {
        using var deadline = new CancellationTokenSource(Left(begun), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, clientGone);
        var request = admission.ToConnectRequest(question.UserId);
        var (decision, handlerRefusal) = await connectHandlers.AskAsync(connectHandler, request, clientGone, either.Token);
        if (decision is null)
        {
            SessionRun.GiveBack(admitted.Connection, admission.Transport, "the connect handler refused");
            return (null, handlerRefusal, null, null);
        }

        if (connectHandler is IAbandonedConnects interested) admission.Transport.Expect(new AbandonedConnect(interested, request, decision));
        var userId = decision.UserIdOr(question.UserId);
        if (userId is null && question.Token is null && admission.Options.Handler == HubHandlers.Upstream)
        {
            SessionRun.GiveBack(admitted.Connection, admission.Transport, "nobody named a user");
            return (null, Refusals.Token("This hub requires a token, or an application that names the user, and neither did."), null, null);
        }

        var (chosen, verdict) = admission.Choose(decision);
        var confirm = new SupervisorProtocol.Confirm(question.Id, userId, chosen, verdict)
        {
            Token = question.Token,
            Standing = Admission.Merge(question.Standing, decision),
            Reliable = sessions.ReliableOver(admission.Transport, chosen),
        };
        var confirmed = await AskAsync(confirm, static _ => { }, begun);
        if (confirmed.Admitted is null) SessionRun.GiveBack(admitted.Connection, admission.Transport, confirmed.Refusal!.Id);
        return (confirmed.Admitted, confirmed.Refusal, decision.State, confirm.Reliable);
    }

    /// <param name="question">What is asked.</param>
    /// <param name="late">Gets an admission that comes after the deadline.</param>
    /// <param name="begun">When the waiting for an answer began that ends <see cref="AnswerWithin"/> later.</param>
    private async ValueTask<(SupervisorProtocol.Admitted? Admitted, Refusal? Refusal)> AskAsync(
        SupervisorProtocol.IMessage question, Action<SupervisorProtocol.Admitted> late, long begun)
    {
        var asked = SupervisorAnswer.To(question, actors.Supervisor);
        try
        {
            return await asked.WaitAsync(Left(begun), time) switch
            {
                SupervisorProtocol.Admitted admitted => (admitted, null),
                SupervisorProtocol.Refused refused => (null, refused.Refusal),
                var other => throw new InvalidOperationException($"The supervisor answered {other.GetType().Name} to {question.GetType().Name}."),
            };
        }
        catch (TimeoutException)
        {
            _ = AwaitLateAsync(asked, late);
            return (null, Refusals.HandshakeTimeout());
        }
#pragma warning disable CA1031 // the supervisor answers a fault of its own with whatever exception it was
        catch (Exception e)
#pragma warning restore CA1031
        {
            Undecided(e);
            return (null, Refusals.ServerError());
        }
    }

    private TimeSpan Left(long begun)
    {
        var left = AnswerWithin - time.GetElapsedTime(begun);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static UpgradeDecision.Refused Refused(UpgradeRequest request, HubOptions hub, Refusal refusal) =>
        new(refusal, hub.RefuseByClose ? HeadOfRefusal(request, hub) : null);

    /// <summary>
    /// A browser breaks off when an offered subprotocol is not answered, and then its page never sees the refusal; so any will do.
    /// No compression: a close frame has nothing to compress.
    /// </summary>
    private static UpgradeHead HeadOfRefusal(UpgradeRequest request, HubOptions hub)
    {
        var offered = request.Headers["Sec-WebSocket-Protocol"];
        var answered = SubprotocolChoice.Choose(offered, hub.Subprotocols, required: false).Chosen
            ?? (SubprotocolChoice.Parse(offered) is [var first, ..] ? first : null);
        return new UpgradeHead(AcceptKey.For(request.Headers["Sec-WebSocket-Key"].ToString()), answered, null, null);
    }

    private async Task AwaitLateAsync(Task<object> asked, Action<SupervisorProtocol.Admitted> late)
    {
        try
        {
            if (await asked is SupervisorProtocol.Admitted admitted) late(admitted);
        }
#pragma warning disable CA1031 // as above, but the client has its answer
        catch (Exception e)
#pragma warning restore CA1031
        {
            Undecided(e);
        }
    }

    internal static UpgradeHead Head(UpgradeRequest request, HubOptions hub, string? subprotocol)
    {
        var deflate = hub.Compression ? DeflateOffer.Negotiate(request.Headers["Sec-WebSocket-Extensions"]) : null;
        return new UpgradeHead(AcceptKey.For(request.Headers["Sec-WebSocket-Key"].ToString()), subprotocol, deflate?.HeaderValue, deflate?.Options);
    }

    [LoggerMessage(EventIds.AdmissionFailed, LogLevel.Error, "The supervisor failed to decide about an upgrade")]
    private partial void Undecided(Exception exception);

    [LoggerMessage(EventIds.UnlistedProxy, LogLevel.Warning, "{Suspicion} Set Security:TrustedProxies; until then connections per address are not counted for such requests")]
    private partial void Suspicious(string suspicion);

    [LoggerMessage(EventIds.ForwardingHeadersDisagree, LogLevel.Warning, "X-Forwarded-For and Forwarded name different clients; {Client} from X-Forwarded-For is believed. Let the proxy remove the header that it does not write")]
    private partial void Disagreeing(System.Net.IPAddress client);
}

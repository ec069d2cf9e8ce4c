using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Clients;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// A client that wants its lost session back. There are three answers and no others: the session; 503, after which clients try again; and an
/// upgrade with a close frame of 1008, after which they begin anew. After any other status they would knock for half a minute in vain.
/// </summary>
internal sealed partial class SessionRecovery(
    NodeActors actors, ReconnectionTokens tokens, SessionFactory sessions, TimeProvider time, ILogger<SessionRecovery> logger)
{
    internal static bool IsWanted(UpgradeRequest request) => request.Query.ContainsKey(Compat.RecoveredConnectionParameter);

    /// <summary>Decides. An accepted decision holds the session's place for this transport, which <see cref="SessionRun"/> gives back.</summary>
    internal async ValueTask<UpgradeDecision> DecideAsync(UpgradeRequest request, ResolvedClient client, string hub, HubOptions? options, Refusal? origin)
    {
        var id = request.Query[Compat.RecoveredConnectionParameter].ToString();
        var token = request.Query.TryGetValue(Compat.ReconnectionTokenParameter, out var given) ? given.ToString() : string.Empty;
        var offered = SubprotocolChoice.Parse(request.Headers["Sec-WebSocket-Protocol"]) ?? [];
        var transport = sessions.NewTransport(hub);
        var question = new RecoveryQuestion(new ConnectionId(id), hub, client.Address, transport)
        {
            Judged = client.Judged,
            Origin = origin,
            IsProven = offered.Contains(Compat.ReliableJson, StringComparer.Ordinal) && tokens.IsGood(token, id, hub),
        };
        var (recovered, refusal) = await AskAsync(question);
        if (recovered is null && refusal is null) (recovered, refusal) = await FetchAsync(question);
        if (recovered is null) return Refuse(request, refusal!);
        if (recovered.Reliable.Client is not ReliableJsonClient sink)
        {
            // It is being adopted from another node, and its application's side is not there yet.
            SessionRun.GiveBack(new TransportVoice(recovered.Connection, transport), transport, "the session has no client yet");
            return Refuse(request, Refusals.HandshakeTimeout());
        }

        return new UpgradeDecision.Accepted(
            recovered.Session, new TransportVoice(recovered.Connection, transport), transport, sink, UpgradePipeline.Head(request, options ?? new HubOptions(), Compat.ReliableJson));
    }

    /// <summary>It is not on this node; perhaps on another one, which gives it.</summary>
    private async ValueTask<(SessionProtocol.Recovered? Recovered, Refusal? Refusal)> FetchAsync(RecoveryQuestion question)
    {
        try
        {
            var fetched = await SupervisorAnswer.To(new MoveProtocol.Fetch(question.Id), actors.Moves).WaitAsync(UpgradePipeline.AnswerWithin, time);
            return fetched is MoveProtocol.Fetched { Outcome: not MoveProtocol.FetchOutcome.Unknown and var outcome }
                ? outcome == MoveProtocol.FetchOutcome.Nowhere ? (null, Refusals.NotRecovered()) : await AskAgainAsync(question with { HasPaid = true })
                : (null, Refusals.Elsewhere());
        }
        catch (TimeoutException)
        {
            return (null, Refusals.Elsewhere());
        }
    }

    private async ValueTask<(SessionProtocol.Recovered? Recovered, Refusal? Refusal)> AskAgainAsync(RecoveryQuestion question)
    {
        var (recovered, refusal) = await AskAsync(question);

        // Somebody has fetched it from here in the meantime.
        return (recovered, recovered is null ? refusal ?? Refusals.Elsewhere() : null);
    }

    /// <summary>Neither, where the session is not on this node and nothing else is wrong.</summary>
    private async ValueTask<(SessionProtocol.Recovered? Recovered, Refusal? Refusal)> AskAsync(RecoveryQuestion question)
    {
        var asked = SupervisorAnswer.To(new SupervisorProtocol.Recover(question), actors.Supervisor);
        try
        {
            return await asked.WaitAsync(UpgradePipeline.AnswerWithin, time) switch
            {
                SessionProtocol.Recovered recovered => (recovered, null),
                SupervisorProtocol.Refused refused => (null, refused.Refusal),
                SupervisorProtocol.NotHere => (null, null),
                var other => throw new InvalidOperationException($"The answer to a recovery was {other.GetType().Name}."),
            };
        }
        catch (TimeoutException)
        {
            _ = GiveBackLateAsync(asked, question.Transport);
            return (null, Refusals.HandshakeTimeout());
        }
#pragma warning disable CA1031 // the supervisor answers a fault of its own with whatever exception it was
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Undecided(fault);
            return (null, Refusals.HandshakeTimeout());
        }
    }

    private async Task GiveBackLateAsync(Task<object> asked, IConnectionTransport transport)
    {
        try
        {
            if (await asked is SessionProtocol.Recovered late && transport is Sockets.SocketTransport socket)
                SessionRun.GiveBack(new TransportVoice(late.Connection, socket), socket, "the answer came too late");
        }
#pragma warning disable CA1031 // as above, but the client has its answer
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Undecided(fault);
        }
    }

    /// <summary>What waiting cannot help is said by a close frame, in whatever subprotocol the client offers.</summary>
    private static UpgradeDecision.Refused Refuse(UpgradeRequest request, Refusal refusal)
    {
        if (refusal.RetryAfter is not null) return new UpgradeDecision.Refused(refusal);
        var offered = SubprotocolChoice.Parse(request.Headers["Sec-WebSocket-Protocol"]) ?? [];
        var answered = offered.Contains(Compat.ReliableJson, StringComparer.Ordinal) ? Compat.ReliableJson : offered.FirstOrDefault();
        return new UpgradeDecision.Refused(refusal, new UpgradeHead(AcceptKey.For(request.Headers["Sec-WebSocket-Key"].ToString()), answered, null, null));
    }

    [LoggerMessage(EventIds.RecoveryFailed, LogLevel.Error, "The supervisor failed to decide about a recovery")]
    private partial void Undecided(Exception exception);
}

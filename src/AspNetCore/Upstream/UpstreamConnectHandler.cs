using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>The same for a hub whose upstream also decides who may connect.</summary>
internal sealed class UpstreamConnectHandler(string hub, UpstreamTelling telling) : UpstreamHandler(hub, telling), IConnectHandler, IAbandonedConnects
{
    private const string Failed = "The application behind this hub failed.";

    public async ValueTask<ConnectDecision> OnConnectAsync(ConnectRequest request, CancellationToken cancellation)
    {
        if (Telling.Routes.Of(Hub)?.For(SystemEvent.Connect) is not { } route) return ConnectDecision.Accept();
        var told = Telling.System(SystemEvent.Connect, Hub, request.Id, id: 0) with { UserId = request.UserId, Body = ConnectBody.Of(request) };
        var (outcome, answered, _) = await Telling.Calls.CallAsync(route, told, awaited: true, route.ConnectTimeout, cancellation);
        using var reply = answered;
        if (outcome == UpstreamOutcome.Refused && reply is { Status: >= 400 })
            return ConnectDecision.Refuse(reply.Status, RefusalText.Of(reply.ContentType, reply.Body.Span));
        if (outcome != UpstreamOutcome.Ok) return ConnectDecision.Fail(Failed);
        if (ConnectAnswer.Read(reply!.Body, out var fault) is not { } answer)
        {
            Telling.BadAnswer(told, fault!);
            return ConnectDecision.Fail(Failed);
        }

        var session = new UpstreamSession();
        session.Take(reply);
        return ConnectDecision.Accept(answer.UserId, answer.Subprotocol, answer.Groups, answer.Roles) with { State = session };
    }

    /// <summary>The upstream let it in and may keep something for it, so it hears that nothing came of it.</summary>
    public void OnAbandoned(ConnectRequest request, ConnectDecision decision)
    {
        if (Telling.Routes.Of(Hub)?.For(SystemEvent.Disconnected) is not { } route || decision.State is not UpstreamSession session) return;
        var userId = decision.UserId ?? request.UserId;
        var told = Telling.System(SystemEvent.Disconnected, Hub, request.Id, session.NextId()) with
        {
            UserId = string.IsNullOrEmpty(userId) ? null : userId,
            State = session.State,
            Body = DisconnectedBody.Of(DisconnectedBody.NeverOpened),
        };
        _ = Telling.Notices.TellAsync(route, () => told, Task.CompletedTask);
    }
}

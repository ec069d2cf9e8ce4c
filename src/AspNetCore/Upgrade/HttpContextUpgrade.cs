using System.Net;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>The adapter over ASP.NET Core: the only place behind the route that knows an <see cref="HttpContext"/>.</summary>
internal sealed class HttpContextUpgrade(UpgradePipeline pipeline, RefusalByClose byClose)
{
    internal async Task InvokeAsync(HttpContext context)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        var listener = context.Features.Get<IListenerFeature>();
        var decision = await pipeline.DecideAsync(Read(context), IsLoopback(listener), context.RequestAborted);
        switch (decision)
        {
            case UpgradeDecision.Accepted accepted:
                await AcceptAsync(context, upgrade, accepted);
                break;
            case UpgradeDecision.Refused { ByClose: { } head, Refusal: var refusal } when upgrade is { IsUpgradableRequest: true } && byClose.TryBegin():
                WriteHead(context, head);
                await byClose.SayAsync(upgrade.UpgradeAsync, refusal, head.Subprotocol, context.Abort);
                break;
            case UpgradeDecision.Refused { Refusal: var refusal }:
                await RefuseAsync(context.Response, refusal);
                break;
        }
    }

    private static async Task AcceptAsync(HttpContext context, IHttpUpgradeFeature? upgrade, UpgradeDecision.Accepted accepted)
    {
        Stream stream;
        try
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            if (upgrade is not { IsUpgradableRequest: true })
            {
                SessionRun.GiveBack(accepted.Actor, accepted.Transport, "the server cannot upgrade this request");
                await RefuseAsync(context.Response, Refusals.BadRequest("This request cannot be upgraded; a WebSocket handshake has no body."));
                return;
            }

            WriteHead(context, accepted.Head);
            stream = await upgrade.UpgradeAsync();
        }
#pragma warning disable CA1031 // whatever it is: the slot must be given back, and the server has to hear of it
        catch (Exception e)
#pragma warning restore CA1031
        {
            SessionRun.GiveBack(accepted.Actor, accepted.Transport, e.GetType().Name);
            if (e is not OperationCanceledException) throw;
            return;
        }

        await SessionRun.CarryAsync(accepted, stream, context.Abort);
    }

    private static void WriteHead(HttpContext context, UpgradeHead head)
    {
        // Slow clients are judged by our own limits; the web server's are made for downloads.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } outbound) outbound.MinDataRate = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } inbound) inbound.MinDataRate = null;

        if (context.Features.Get<IListenerFeature>() is ListenerFeature mark) mark.Upgrade();

        var headers = context.Response.Headers;
        headers.Connection = "Upgrade";
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = head.AcceptKey;
        if (head.Subprotocol is not null) headers.SecWebSocketProtocol = head.Subprotocol;
        if (head.Extensions is not null) headers.SecWebSocketExtensions = head.Extensions;
    }

    private static async Task RefuseAsync(HttpResponse response, Refusal refusal)
    {
        var answer = RefusalAnswer.Of(refusal, Random.Shared);
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers) response.Headers[name] = value;
        response.ContentType = RefusalAnswer.ContentType;
        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body);
    }

    internal static UpgradeRequest Read(HttpContext context)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        return new UpgradeRequest
        {
            Method = request.Method,
            HttpVersion = request.Protocol["HTTP/".Length..],
            RawTarget = request.RawTarget,
            Headers = new UpgradeHeaders(request.Headers),
            RemoteAddress = context.Connection.RemoteIpAddress,
            IsTls = context.Request.IsHttps,
            Host = context.Request.Host.Value,
        };
    }

    private static bool IsLoopback(IListenerFeature? listener) =>
        listener?.LocalEndPoint is IPEndPoint local && IPAddress.IsLoopback(local.Address);
}

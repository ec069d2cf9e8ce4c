using System.IO.Pipelines;
using System.Net;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Listeners;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Upgrade.Lean;

/// <summary>
/// The adapter under ASP.NET Core: a connection middleware, behind TLS and before the web server's HTTP, that takes a handshake
/// for one of our addresses before there is a request object, because such an object lives as long as the socket and weighs more than
/// all the rest. Everything else goes on with not one byte taken.
/// </summary>
internal sealed partial class LeanUpgrade(UpgradePipeline pipeline, RefusalByClose byClose, HttpDate date, ILogger<LeanUpgrade> logger) : IBeforeHttp
{
    private volatile bool _serving;

    /// <summary>The application has mapped the gateway's addresses; before that there are none.</summary>
    internal void Serve() => _serving = true;

    /// <summary>Keeps nothing of the request while the session lasts. After a refusal the connection is the web server's, so that a second request is answered as ever.</summary>
    public async ValueTask<Task?> MeetAsync(ConnectionContext connection, ListenerFeature mark, KestrelServerLimits limits)
    {
        if (!_serving || IsHttp2(connection)) return null;
        var (progress, request) = await ReadAsync(connection, HeadLimits.Of(limits));
        if (progress == HeadProgress.NotOurs) return null;
        mark.HeadArrived();
        return request is null ? Task.CompletedTask : await AnswerAsync(connection, request);
    }

    /// <returns>Incomplete: the connection was gone before there was a head.</returns>
    private static async ValueTask<(HeadProgress Progress, UpgradeRequest? Request)> ReadAsync(ConnectionContext connection, HeadLimits limits)
    {
        var input = connection.Transport.Input;
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        CancellationTokenRegistration watch = default;
        var head = new HeadReader(limits);
        try
        {
            while (true)
            {
                ReadResult result;
                try
                {
                    var read = input.ReadAsync(CancellationToken.None);

                    // A server that stops says so to connections without a request; the web server knows how.
                    if (!read.IsCompleted && watch == default) watch = stopping.UnsafeRegister(static i => ((PipeReader)i!).CancelPendingRead(), input);
                    result = await read;
                }
                catch (Exception gone) when (FrameStream.IsGone(gone))
                {
                    return (HeadProgress.Incomplete, null);
                }

                var progress = result.IsCanceled ? HeadProgress.NotOurs : head.Read(result.Buffer);
                if (progress == HeadProgress.Incomplete && !result.IsCompleted)
                {
                    input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                    continue;
                }

                await watch.DisposeAsync();
                if (progress != HeadProgress.Complete || stopping.IsCancellationRequested)
                {
                    // Nothing taken and nothing looked at, or the next reader would wait for bytes that are here already. A pipe takes
                    // back what it was told before had been looked at.
                    input.AdvanceTo(result.Buffer.Start);
                    return (HeadProgress.NotOurs, null);
                }

                input.AdvanceTo(result.Buffer.GetPosition(head.Length));
                return (HeadProgress.Complete, Request(connection, head));
            }
        }
        finally
        {
            await watch.DisposeAsync();
        }
    }

    private async ValueTask<Task?> AnswerAsync(ConnectionContext connection, UpgradeRequest request)
    {
        try
        {
            switch (await pipeline.DecideAsync(request, IsLoopback(connection), connection.ConnectionClosed))
            {
                case UpgradeDecision.Accepted accepted:
                    return await AcceptAsync(connection, accepted);
                case UpgradeDecision.Refused { ByClose: { } head, Refusal: var refusal } when byClose.TryBegin():
                    await RefuseByCloseAsync(connection, head, refusal);
                    return Task.CompletedTask;
                case UpgradeDecision.Refused { Refusal: var refusal }:
                    HeadWriter.WriteRefusal(connection.Transport.Output, RefusalAnswer.Of(refusal, Random.Shared), date);
                    break;
            }
        }
        catch (Exception gone) when (FrameStream.IsGone(gone) && connection.ConnectionClosed.IsCancellationRequested)
        {
            return Task.CompletedTask;
        }
#pragma warning disable CA1031 // whatever it is: the client is told as the web server would, and the log knows
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Failed(fault);
            HeadWriter.WriteFailure(connection.Transport.Output, date);
        }

        await connection.Transport.Output.FlushAsync(CancellationToken.None);
        return null;
    }

    private async ValueTask<Task> AcceptAsync(ConnectionContext connection, UpgradeDecision.Accepted accepted)
    {
        Stream stream;
        try
        {
            connection.ConnectionClosed.ThrowIfCancellationRequested();
            stream = await SwitchAsync(connection, accepted.Head);
        }
#pragma warning disable CA1031 // whatever it is: the slot must be given back, and half a switch is no place for another answer
        catch (Exception fault)
#pragma warning restore CA1031
        {
            SessionRun.GiveBack(accepted.Actor, accepted.Transport, fault.GetType().Name);
            CutAfter(fault, connection);
            return Task.CompletedTask;
        }

        return SessionRun.CarryAsync(accepted, stream, connection.Abort);
    }

    private async Task RefuseByCloseAsync(ConnectionContext connection, UpgradeHead head, Refusal refusal)
    {
        try
        {
            await byClose.SayAsync(() => SwitchAsync(connection, head), refusal, head.Subprotocol, connection.Abort);
        }
#pragma warning disable CA1031 // whatever it is: an HTTP answer among frames would be read as frames
        catch (Exception fault)
#pragma warning restore CA1031
        {
            CutAfter(fault, connection);
        }
    }

    /// <summary>A switch is written, or part of one: nothing more can be said.</summary>
    private void CutAfter(Exception fault, ConnectionContext connection)
    {
        if (!FrameStream.IsGone(fault)) Failed(fault);
        connection.Abort();
    }

    private async Task<Stream> SwitchAsync(ConnectionContext connection, UpgradeHead head)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        HeadWriter.WriteSwitch(output, head, date);
        await output.FlushAsync(CancellationToken.None);
        return new PipeStream(input, output);
    }

    private static UpgradeRequest Request(ConnectionContext connection, HeadReader head) => new()
    {
        Method = "GET",
        HttpVersion = "1.1",
        RawTarget = head.Target,
        Headers = head.Fields,
        RemoteAddress = (connection.RemoteEndPoint as IPEndPoint)?.Address,
        IsTls = connection.Features.Get<ITlsConnectionFeature>() is not null,
        Host = head.Fields["Host"],
    };

    private static bool IsHttp2(ConnectionContext connection) =>
        connection.Features.Get<ITlsApplicationProtocolFeature>() is { } tls && tls.ApplicationProtocol.Span.SequenceEqual("h2"u8);

    private static bool IsLoopback(ConnectionContext connection) =>
        connection.LocalEndPoint is IPEndPoint local && IPAddress.IsLoopback(local.Address);

    [LoggerMessage(EventIds.UpgradeFailed, LogLevel.Error, "An upgrade could not be decided")]
    private partial void Failed(Exception exception);
}

using System.Net;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Observability;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>
/// The outermost connection middleware of one endpoint, before TLS: says which endpoint this is, and closes whoever has not sent
/// a complete head <c>Timers:Handshake</c> after the accept. Kestrel's own clocks are no substitute: its keep-alive timeout counts
/// before the first byte but also between later requests of a client that pools connections, and its head timeout starts at the
/// first byte, so the two add up.
/// </summary>
internal sealed partial class ConnectionMark(
    ListenerKind kind,
    string name,
    Live<NodeSettings> node,
    Live<ActorSocketsOptions> options,
    HandshakeTimeouts timeouts,
    TimeProvider time,
    ILogger logger)
{
    /// <param name="connection">The connection.</param>
    /// <param name="next">TLS or HTTP.</param>
    /// <param name="first">Who meets the connection before HTTP, where there is no TLS in between.</param>
    /// <param name="limits">The web server's, for it.</param>
    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next, IBeforeHttp? first, KestrelServerLimits limits)
    {
        if (kind == ListenerKind.Admin && options.Current.Admin.Keys.Count == 0 && connection.LocalEndPoint is IPEndPoint local && !IPAddress.IsLoopback(local.Address))
        {
            // The start refuses this; an application that lets Kestrel move its endpoints while it runs comes here.
            LogNotLocal(logger, name, local);
            connection.Abort();
            return;
        }

        var feature = Expect(connection);
        try
        {
            var session = first is null ? null : await first.MeetAsync(connection, feature, limits);
            if (session is null)
            {
                connection.Features.Set<IListenerFeature>(feature);
                session = next(connection);
            }
            else
            {
                // Its clock has stopped, and a session that holds nothing more is a lean one.
                feature = null;
            }

            await session;
        }
        finally
        {
            feature?.HeadArrived();
            if (feature is not { Upgraded: false }) _ = LetGoAsync(new WeakReference<ConnectionContext>(connection));
        }
    }

    private ListenerFeature Expect(ConnectionContext connection)
    {
        var feature = new ListenerFeature(kind, name, connection.LocalEndPoint);
        feature.Expect(time, node.Current.Timers.Handshake, () => Expire(connection));
        return feature;
    }

    /// <summary>
    /// Kestrel now waits, without a bound, until the peer has taken what is still on its way. A peer that does not read would keep
    /// the socket, outside every limit. Only for what was a WebSocket: a download may take as long as the web server's own rates let
    /// it. Held weakly: a connection that is gone by then, as nearly all are, holds nothing until then.
    /// </summary>
    private async Task LetGoAsync(WeakReference<ConnectionContext> ended)
    {
        await Task.Delay(node.Current.Timers.CloseHandshake, time);
        if (ended.TryGetTarget(out var connection)) connection.Abort(new ConnectionAbortedException("The peer did not take the rest within Timers:CloseHandshake."));
    }

    private void Expire(ConnectionContext connection)
    {
        LogTimeout(logger, name, connection.RemoteEndPoint);
        timeouts.Raise(connection.RemoteEndPoint);
        connection.Abort(new ConnectionAbortedException("No complete request head within Timers:Handshake."));
    }

    [LoggerMessage(EventIds.HandshakeTimeout, LogLevel.Debug, "No complete request head in time on endpoint {Endpoint} from {Peer}")]
    private static partial void LogTimeout(ILogger logger, string endpoint, EndPoint? peer);

    [LoggerMessage(EventIds.AdminNotLocal, LogLevel.Warning, "Endpoint {Endpoint} has no admin key and serves loopback only; a connection to {Local} was cut")]
    private static partial void LogNotLocal(ILogger logger, string endpoint, EndPoint local);
}

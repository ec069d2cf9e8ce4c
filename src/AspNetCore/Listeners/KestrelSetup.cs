using ActorSockets.AspNetCore.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>Marks the endpoints of Kestrel's own configuration, TLS and all, and sets the limits that are ours to set.</summary>
internal sealed class KestrelSetup(
    IConfiguration configuration,
    LiveSettings settings,
    HandshakeTimeouts timeouts,
    TimeProvider time,
    ILoggerFactory loggers,
    ListenerOwnership ownership,
    ListenerAddresses addresses,
    BehindTls behindTls) : IConfigureOptions<KestrelServerOptions>
{
    public void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        // A limit of Kestrel's throws out of the upgrade; ours answers before it.
        options.Limits.MaxConcurrentUpgradedConnections = null;
        options.Limits.RequestHeadersTimeout = settings.Node.Current.Timers.Handshake;
        settings.OnChange(() => options.Limits.RequestHeadersTimeout = settings.Node.Current.Timers.Handshake);

        var loader = ownership.OwnsKestrel ? null : options.ConfigurationLoader;
        // A moved endpoint drops its connections, so an edit of the file must not do that.
        loader ??= options.Configure(configuration.GetSection("Kestrel"), reloadOnChange: false);
        foreach (var endpoint in configuration.GetSection(ListenerRules.Endpoints).GetChildren()) Mark(loader, endpoint.Key);
    }

    private void Mark(KestrelConfigurationLoader loader, string name)
    {
        var kind = ListenerRules.KindOf(name);
        var mark = new ConnectionMark(kind, name, settings.Node, settings.Options, timeouts, time, loggers.CreateLogger<ConnectionMark>());
        loader.Endpoint(name, endpoint =>
        {
            var listen = endpoint.ListenOptions;
            addresses.Add(kind, listen);
            var lean = kind == ListenerKind.Public && behindTls.IsWanted;
            var hasTls = BehindTls.HasTls(endpoint);
            listen.Use(next =>
            {
                // Without TLS in between one step does the work of two, and a connection holds one state machine less.
                var first = lean && !hasTls ? First(listen) : null;
                return connection => mark.OnConnectionAsync(connection, next, first, listen.KestrelServerOptions!.Limits);
            });
            if (lean && hasTls) behindTls.Use(endpoint, http => First(listen) is { } first ? connection => MeetAsync(first, connection, http, listen) : http);
        });
    }

    /// <summary>Asked when the endpoint is about to listen, so what the application set meanwhile counts.</summary>
    private static IBeforeHttp? First(ListenOptions listen) =>
        listen.Protocols.HasFlag(HttpProtocols.Http1) ? listen.ApplicationServices.GetService<IBeforeHttp>() : null;

    private static async Task MeetAsync(IBeforeHttp first, ConnectionContext connection, ConnectionDelegate http, ListenOptions listen)
    {
        var mark = (ListenerFeature)connection.Features.GetRequiredFeature<IListenerFeature>();
        var session = await first.MeetAsync(connection, mark, listen.KestrelServerOptions!.Limits);
        if (session is not null) mark.Upgrade();
        await (session ?? http(connection));
    }
}

/// <param name="OwnsKestrel">True in the gateway; false in an application that has endpoints and a configuration of its own.</param>
internal sealed record ListenerOwnership(bool OwnsKestrel);

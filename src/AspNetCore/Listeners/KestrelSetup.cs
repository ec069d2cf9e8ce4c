using ActorSockets.AspNetCore.Configuration;
using Microsoft.AspNetCore.Connections;
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
            addresses.Add(kind, endpoint.ListenOptions);
            endpoint.ListenOptions.Use(next => connection => mark.OnConnectionAsync(connection, next));
            if (kind == ListenerKind.Public && behindTls.IsWanted) behindTls.Use(endpoint, http => Lean(endpoint.ListenOptions, http));
        });
    }

    /// <summary>Asked when the endpoint is about to listen, so what the application set meanwhile counts.</summary>
    private static ConnectionDelegate Lean(ListenOptions endpoint, ConnectionDelegate http) =>
        endpoint.Protocols.HasFlag(HttpProtocols.Http1) && endpoint.ApplicationServices.GetService<IBeforeHttp>() is { } first
            ? first.Before(http, endpoint.KestrelServerOptions!.Limits)
            : http;
}

/// <param name="OwnsKestrel">True in the gateway; false in an application that has endpoints and a configuration of its own.</param>
internal sealed record ListenerOwnership(bool OwnsKestrel);

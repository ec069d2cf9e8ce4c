using ActorSockets.AspNetCore.Configuration;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
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
    ListenerAddresses addresses) : IConfigureOptions<KestrelServerOptions>
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
        var mark = new ConnectionMark(ListenerRules.KindOf(name), name, settings.Node, settings.Options, timeouts, time, loggers.CreateLogger<ConnectionMark>());
        loader.Endpoint(name, endpoint =>
        {
            addresses.Add(ListenerRules.KindOf(name), endpoint.ListenOptions);
            endpoint.ListenOptions.Use(next => connection => mark.OnConnectionAsync(connection, next));
        });
    }
}

/// <param name="OwnsKestrel">True in the gateway; false in an application that has endpoints and a configuration of its own.</param>
internal sealed record ListenerOwnership(bool OwnsKestrel);

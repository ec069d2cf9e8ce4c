using ActorSockets.AspNetCore.Configuration;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>
/// Puts a connection middleware where it sees what TLS has deciphered. What is added while an endpoint is read from the
/// configuration runs before the TLS that the configuration asks for, so that is added first here, from the endpoint's own options.
/// </summary>
/// <remarks>
/// For certificates by server name (<c>Sni</c>) Kestrel has no public door: it adds TLS right after our turn. There the reading is
/// brought forward, and ours added when it is done. An endpoint that an application adds or changes while it runs is read by
/// Kestrel alone; by server name it then does without the middleware.
/// </remarks>
internal sealed class BehindTls(IConfiguration configuration, LiveSettings settings) : IPostConfigureOptions<KestrelServerOptions>
{
    private readonly List<(ListenOptions Endpoint, Func<ConnectionDelegate, ConnectionDelegate> Middleware)> _waiting = [];
    private bool _served;

    /// <summary>Hosts are filtered inside ASP.NET Core, where a lean upgrade never comes; so a filter turns it off.</summary>
    internal bool IsWanted => settings.Options.Current.Upgrade.Lean && configuration["AllowedHosts"] is null or "" or "*";

    internal void Use(EndpointConfiguration endpoint, Func<ConnectionDelegate, ConnectionDelegate> middleware)
    {
        var (listen, https) = (endpoint.ListenOptions, endpoint.HttpsOptions);
        if (!HasTls(listen))
        {
            if (ByServerName(endpoint.ConfigSection))
            {
                if (!_served) _waiting.Add((listen, middleware));
                return;
            }

            // Kestrel says better what is missing.
            if (https.ServerCertificate is null && https.ServerCertificateSelector is null) return;
            listen.UseHttps(https);
        }

        listen.Use(middleware);
    }

    public void PostConfigure(string? name, KestrelServerOptions options)
    {
        if (!IsWanted || !configuration.GetSection(ListenerRules.Endpoints).GetChildren().Any(ByServerName)) return;
        options.ConfigurationLoader?.Load();
        _served = true;
        foreach (var (endpoint, middleware) in _waiting) endpoint.Use(middleware);
        _waiting.Clear();
    }

    private static bool ByServerName(IConfigurationSection endpoint) => endpoint.GetSection("Sni").GetChildren().Any();

    internal static bool HasTls(EndpointConfiguration endpoint) => endpoint.IsHttps || HasTls(endpoint.ListenOptions);

    /// <summary>The application's own defaults for endpoints may have added it.</summary>
    private static bool HasTls(ListenOptions listen) => listen.ToString()!.StartsWith("https:", StringComparison.Ordinal);
}

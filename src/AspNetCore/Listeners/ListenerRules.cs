using System.Net;
using ActorSockets.AspNetCore.Configuration;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>What the names and addresses under <c>Kestrel:Endpoints</c> mean to us.</summary>
internal static class ListenerRules
{
    internal const string Endpoints = "Kestrel:Endpoints";

    public static ListenerKind KindOf(string endpointName) =>
        endpointName.StartsWith("Admin", StringComparison.OrdinalIgnoreCase) ? ListenerKind.Admin : ListenerKind.Public;

    /// <summary>Without keys whoever reaches the admin endpoint is an operator, so only this machine may reach it.</summary>
    public static void Check(IConfiguration configuration, ActorSocketsOptions options, FaultList faults)
    {
        if (options.Admin.Keys.Count > 0) return;
        foreach (var endpoint in configuration.GetSection(Endpoints).GetChildren().Where(e => KindOf(e.Key) == ListenerKind.Admin))
        {
            // No Url: Kestrel says so better than we could.
            if (endpoint["Url"] is { } url && !IsLocal(url))
                faults.Add($"{endpoint.Path}:Url", url, "must be a loopback address such as http://127.0.0.1:9090, or ActorSockets:Admin:Keys must have a key");
        }
    }

    // Kestrel binds every host that is neither an address nor "localhost" to all interfaces.
    private static bool IsLocal(string url)
    {
        BindingAddress address;
        try
        {
            address = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return false;
        }

        return address.IsUnixPipe || address.IsNamedPipe
            || string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(address.Host, out var ip) && IPAddress.IsLoopback(ip));
    }
}

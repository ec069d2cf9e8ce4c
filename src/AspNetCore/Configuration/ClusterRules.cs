using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ActorSockets.AspNetCore.Hosting;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>What section <c>Cluster</c> must keep. Addresses are judged also where it is off, so that switching it on is no surprise.</summary>
internal static partial class ClusterRules
{
    private const string Root = $"{GatewayConfiguration.SectionName}:Cluster";
    private const string HostAllowed = "must be a host name or an IP address";

    public static void Check(ClusterOptions options, FaultList faults)
    {
        if (!IsHost(options.Hostname) || IsAny(options.Hostname))
            faults.Add($"{Root}:Hostname", options.Hostname, $"{HostAllowed} at which the other nodes reach this one; to listen on all addresses set BindHostname");
        if (options.BindHostname is { } bind && !IsHost(bind)) faults.Add($"{Root}:BindHostname", bind, $"{HostAllowed} of this machine, or 0.0.0.0");
        for (var i = 0; i < options.SeedNodes.Count; i++)
            if (!TrySeed(options.SeedNodes[i], out _, out _))
                faults.Add($"{Root}:SeedNodes:{i}", options.SeedNodes[i], "must be host:port, such as 10.0.0.1:4053, node-0.example:4053 or [2001:db8::1]:4053");
        for (var i = 0; i < options.Roles.Count; i++)
            if (!RoleName().IsMatch(options.Roles[i]) || options.Roles[i].StartsWith("dc-", StringComparison.Ordinal))
                faults.Add($"{Root}:Roles:{i}", options.Roles[i], "must be 1 to 64 of letters, digits and . _ -, and must not begin with dc-");
        if (options.Enabled) Security(options, faults);
    }

    /// <summary><c>host:port</c>; an IPv6 address in brackets.</summary>
    internal static bool TrySeed(string text, out string host, out int port)
    {
        (host, port) = ("", 0);
        var colon = text.LastIndexOf(':');
        if (colon <= 0) return false;
        host = text[..colon];
        if (host is ['[', .. var inner, ']']) host = inner;
        else if (host.Contains(':', StringComparison.Ordinal)) return false;
        return IsHost(host) && !IsAny(host) && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
    }

    /// <summary>Whoever reaches a node's port without TLS is a node to it, and a node may do everything.</summary>
    private static void Security(ClusterOptions options, FaultList faults)
    {
        var certificate = options.Certificate;
        if (certificate.Path is null)
        {
            if (certificate.KeyPath is not null || certificate.Password is not null || certificate.Authority is not null)
                faults.Add($"{Root}:Certificate:Path", null, "is missing; without it KeyPath, Password and Authority mean nothing");
            if (!options.Insecure && !(IsLoopback(options.Hostname) && IsLoopback(options.Bound)))
                faults.Add($"{Root}:Certificate:Path", null, $"is missing: beyond loopback ({(IsLoopback(options.Hostname) ? options.Bound : options.Hostname)}) nodes speak mutual TLS. Set it, or Cluster:Insecure=true where the network between the nodes is trusted");
            return;
        }

        if (options.Insecure) faults.Add($"{Root}:Insecure", "true", "has no meaning with a Certificate; remove one of the two");
        if (ClusterCertificate.Fault(certificate) is var (key, fault)) faults.Add($"{Root}:Certificate:{key}", key == nameof(certificate.Authority) ? certificate.Authority : certificate.Path, fault);
    }

    private static bool IsHost(string host) => Uri.CheckHostName(host) != UriHostNameType.Unknown;

    private static bool IsAny(string host) => IPAddress.TryParse(host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any));

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RoleName();
}

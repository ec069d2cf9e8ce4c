using System.Net;

namespace ActorSockets.Actors.Connections;

/// <summary>Where a client comes from, after trusted proxies were taken off.</summary>
/// <param name="Address">IPv4-mapped IPv6 addresses are already mapped back to IPv4.</param>
/// <param name="IsShared">
/// True when an unlisted proxy stands in front: many clients hide behind this address, so counting and flapping per IP are skipped.
/// </param>
public readonly record struct ClientAddress(IPAddress Address, bool IsShared)
{
    /// <summary>The unit in which connections are counted: an IPv4 address, or an IPv6 /64.</summary>
    public AddressKey Key => AddressKey.Of(Address);
}

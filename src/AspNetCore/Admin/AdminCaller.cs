using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>Who is calling: the bearer of a key, or whom the loopback rule let in while there were no keys.</summary>
internal sealed class AdminCaller
{
    internal static readonly AdminCaller Loopback = new("loopback", null);

    private readonly AdminKey? _key;

    private AdminCaller(string name, AdminKey? key) => (Name, _key) = (name, key);

    /// <summary>For the audit log: the name of the key, or <c>loopback</c>.</summary>
    internal string Name { get; }

    internal static AdminCaller Of(AdminKey key) => new(key.Name, key);

    /// <summary>Whether this caller may still read, for answers that last longer than a change of the keys.</summary>
    internal bool MayStillRead(IReadOnlyList<AdminKey> ring) => _key is null ? ring.Count == 0 : KeyRing.Find(ring, _key.Key) is not null;

    internal static string NameOf(HttpContext context) => context.Features.Get<AdminCaller>()?.Name ?? "unknown";
}

using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>Who is calling, for the audit log: the name of a key, or <c>loopback</c>.</summary>
internal sealed record AdminCaller(string Name)
{
    internal static readonly AdminCaller Loopback = new("loopback");

    internal static string NameOf(HttpContext context) => context.Features.Get<AdminCaller>()?.Name ?? "unknown";
}

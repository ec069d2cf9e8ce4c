using System.Collections.Frozen;
using ActorSockets.AspNetCore.Upstream;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>Which handler serves which hub: the built-in ones by their configured name, the application's own by hub.</summary>
internal sealed class HubHandlers(IEnumerable<HubRegistration> registrations, UpstreamHubs upstreams, IServiceProvider services)
{
    /// <summary>The value of <c>Hubs:{hub}:Handler</c> for a hub whose handler the application registered.</summary>
    internal const string InProcess = "in-process";

    /// <summary>The value of <c>Hubs:{hub}:Handler</c> for a hub whose events go to upstreams.</summary>
    internal const string Upstream = "upstream";

    private static readonly EchoHandler Echo = new();
    private static readonly NoneHandler None = new();

    private readonly FrozenDictionary<string, HubHandler> _own = registrations.ToFrozenDictionary(
        r => r.Hub, r => (HubHandler)services.GetService(r.HandlerType)!, StringComparer.Ordinal);

    /// <summary>The application's own, by hub.</summary>
    internal IReadOnlyDictionary<string, HubHandler> Own => _own;

    internal HubHandler For(string hub, string handler) => handler switch
    {
        "echo" => Echo,
        "none" => None,
        Upstream => upstreams.For(hub),
        InProcess when _own.TryGetValue(hub, out var own) => own,
        _ => throw new InvalidOperationException($"Hub '{hub}' has no handler '{handler}'; the configuration's check should have said so."),
    };
}

/// <summary>One call of <see cref="Hosting.ActorSocketsBuilder.AddHub{T}"/>.</summary>
internal sealed record HubRegistration(string Hub, Type HandlerType);

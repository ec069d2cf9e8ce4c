using ActorSockets.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>What differs from the ordinary test gateway beyond settings.</summary>
internal sealed record GatewaySetup
{
    /// <summary>Adds in-process hubs.</summary>
    public Action<ActorSocketsBuilder>? Hubs { get; init; }

    /// <summary>Runs after the gateway's own registrations, so what it adds wins.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>A state directory that outlives the gateway; its owner deletes it. Null = one of the gateway's own.</summary>
    public string? State { get; init; }

    /// <summary>The key of the same name outside our section, which ASP.NET Core filters hosts by.</summary>
    public string? AllowedHosts { get; init; }

    /// <summary>A JSON file of the configuration that is watched while the gateway runs.</summary>
    public string? File { get; init; }
}

using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hubs;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>What an application adds to the gateway it embeds.</summary>
public sealed class ActorSocketsBuilder
{
    internal ActorSocketsBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>
    /// Set by an application whose endpoints come from <c>Kestrel:Endpoints</c> alone: they then stay where they are when the file is
    /// edited, because an endpoint that moves drops its sockets. Off: whatever the application told Kestrel holds.
    /// </summary>
    public bool OwnsKestrel { get; set; }

    internal Dictionary<string, bool> OwnHubs { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// A hub whose messages <typeparamref name="T"/> handles in this process; one instance, made by the service container. The hub
    /// needs no entry in the configuration; with one (<c>Hubs:{hub}:Handler</c> = <c>in-process</c>) its limits and timers can be set.
    /// </summary>
    /// <param name="hub">A letter, then up to 127 letters, digits or any of <c>_ ` , . [ ]</c>; case does not matter.</param>
    /// <param name="anonymous">Allow connections without a token, as <c>Hubs:{hub}:Anonymous</c> does; an entry in the configuration wins.</param>
    /// <exception cref="ArgumentException">The name has another form, or the hub was added before.</exception>
    public ActorSocketsBuilder AddHub<T>(string hub, bool anonymous = false)
        where T : HubHandler
    {
        if (!HubName.TryNormalize(hub, out var name)) throw new ArgumentException(HubName.Allowed, nameof(hub));
        if (!OwnHubs.TryAdd(name, anonymous)) throw new ArgumentException($"hub '{name}' was added before", nameof(hub));

        Services.AddSingleton<T>();
        Services.AddSingleton(new HubRegistration(name, typeof(T)));
        return this;
    }
}

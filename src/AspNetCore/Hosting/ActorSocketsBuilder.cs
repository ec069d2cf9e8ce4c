using ActorSockets.AspNetCore.Hubs;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>What an application adds to the gateway it embeds.</summary>
public sealed class ActorSocketsBuilder
{
    internal ActorSocketsBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>True in the gateway, whose endpoints come from its configuration alone and do not move while it runs.</summary>
    internal bool OwnsKestrel { get; set; }

    internal List<string> OwnHubs { get; } = [];

    /// <summary>
    /// A hub whose messages <typeparamref name="T"/> handles in this process; one instance, made by the service container. The hub
    /// needs no entry in the configuration; with one (<c>Hubs:{hub}:Handler</c> = <c>in-process</c>) its limits and timers can be set.
    /// </summary>
    /// <param name="hub">A letter, then up to 127 letters, digits or any of <c>_ ` , . [ ]</c>; case does not matter.</param>
    /// <exception cref="ArgumentException">The name has another form, or the hub was added before.</exception>
    public ActorSocketsBuilder AddHub<T>(string hub)
        where T : HubHandler
    {
        if (!Upgrade.HubName.TryNormalize(hub, out var name)) throw new ArgumentException(Upgrade.HubName.Allowed, nameof(hub));
        if (OwnHubs.Contains(name)) throw new ArgumentException($"hub '{name}' was added before", nameof(hub));

        OwnHubs.Add(name);
        Services.AddSingleton<T>();
        Services.AddSingleton(new HubRegistration(name, typeof(T)));
        return this;
    }
}

using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>Puts the listeners together.</summary>
internal static class ListenerRegistration
{
    // Kestrel's 512 overflows in a stampede, and a lost SYN is repeated after 1, 3 and 7 seconds.
    private const int Backlog = 4096;

    /// <summary>Needs <c>LiveSettings</c> among the services.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="ownsKestrel">See <see cref="ListenerOwnership"/>.</param>
    public static IServiceCollection AddListeners(this IServiceCollection services, bool ownsKestrel)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(new ListenerOwnership(ownsKestrel));
        services.AddSingleton<ListenerAddresses>();
        services.AddSingleton<HandshakeTimeouts>();
        services.AddSingleton<BehindTls>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, KestrelSetup>();
        services.AddSingleton<IPostConfigureOptions<KestrelServerOptions>>(p => p.GetRequiredService<BehindTls>());
        services.AddSingleton<IStartupFilter, RequestMark>();
        services.Configure<SocketTransportOptions>(o => o.Backlog = Backlog);
        return services;
    }
}

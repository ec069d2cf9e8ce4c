using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Listeners;

namespace ActorSockets.Gateway;

/// <summary>What a person who started the gateway wants to know first.</summary>
internal static class Banner
{
    internal static void PrintAddressesWhenStarted(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(() =>
    {
        var endpoints = app.Services.GetRequiredService<ListenerAddresses>();
        foreach (var address in endpoints.Public) Console.WriteLine($"public listener  {address}");
        if (app.Services.GetRequiredService<ClusterAddress>().Value is { } cluster) Console.WriteLine($"cluster address  {cluster}");
        foreach (var address in endpoints.Admin) Console.WriteLine($"admin listener   {address}");
        if (endpoints.Admin.Count > 0) Console.WriteLine($"try it by hand   {endpoints.Admin[0]}/try");
        if (endpoints.Public.Count > 0)
            Console.WriteLine($"or paste         npx wscat -c {endpoints.Public[0].Replace("http", "ws", StringComparison.Ordinal)}/client/hubs/echo");
    });
}

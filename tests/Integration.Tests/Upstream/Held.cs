using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Upstream;

internal static class Held
{
    /// <summary>So many slots are taken, also by those who still wait for their upstream.</summary>
    public static Task UntilHeldAsync(this GatewayHost gateway, int count) =>
        Eventually.TrueAsync(async () => await gateway.ConnectionsAsync() == count, $"{count} slots are held");
}

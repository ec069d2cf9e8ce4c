using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Integration.Tests.Stress;

namespace ActorSockets.Integration.Tests.DataPlane;

public sealed class CallMetricsTests : DataPlaneScene
{
    [Fact]
    public async Task Calls_are_measured_by_operation_and_class_of_status()
    {
        await Caller.PostTextAsync("chat/:send", "hi");
        await Caller.PostTextAsync("chat/:send?messageTtlSeconds=x", "hi");
        await Caller.AskAsync("HEAD", "chat/users/somebody-nobody-knows");
        await Caller.AskAsync("GET", "chat/made-up-by-somebody");

        const string calls = "actorsockets_data_plane_duration_seconds_count";
        await Eventually.TrueAsync(async () => (await Scrape.OfAsync(Gateway)).Sum(calls) >= 4, "all calls are measured");
        var scrape = await Scrape.OfAsync(Gateway);
        Assert.Equal(1, scrape.Sum(calls, "operation=\"send-to-hub\",status=\"2xx\""));
        Assert.Equal(1, scrape.Sum(calls, "operation=\"send-to-hub\",status=\"4xx\""));
        Assert.Equal(1, scrape.Sum(calls, "operation=\"user-exists\",status=\"4xx\""));
        Assert.Equal(1, scrape.Sum(calls, "operation=\"unknown\",status=\"4xx\""));
        Assert.DoesNotContain("nobody", await Gateway.Admin.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }
}

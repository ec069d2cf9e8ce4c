using System.Diagnostics;
using System.Text;
using ActorSockets.Integration.Tests.Hosting;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Admission;

public sealed class HandshakeTimeoutTests
{
    [Fact]
    public async Task Whoever_sends_no_complete_head_in_time_is_closed_and_counted()
    {
        await using var gateway = await GatewayHost.StartAsync(("Timers:Handshake", "00:00:03"));
        string[] sent = ["", "G", "GET /client/hubs/echo HTTP/1.1\r\nHost: x\r\nConnection: Upg"];
        var clock = Stopwatch.StartNew();
        var clients = new List<RawWebSocketClient>();
        foreach (var part in sent)
        {
            var client = await RawWebSocketClient.OpenAsync(gateway.PublicEndPoint);
            await client.SendBytesAsync(Encoding.ASCII.GetBytes(part));
            clients.Add(client);
        }

        using var swift = await gateway.ConnectAsync();
        foreach (var client in clients)
        {
            await client.ReadToEndAsync();
            client.Dispose();
        }

        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(2.5), $"after {clock.Elapsed}");
        await Eventually.TrueAsync(
            async () => (await gateway.Admin.GetStringAsync("/metrics")).Split('\n').Any(l =>
                l.Contains("refused", StringComparison.Ordinal) && l.Contains("refusal=\"handshake-timeout\"", StringComparison.Ordinal) && l.Contains("} 3", StringComparison.Ordinal)),
            "three refusals are counted");
        Assert.Equal(1, await gateway.ConnectionsAsync());
        await swift.EchoAsync();
    }
}

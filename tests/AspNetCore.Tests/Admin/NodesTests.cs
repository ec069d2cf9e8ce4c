using System.Net;
using ActorSockets.Actors.Drains;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class NodesTests
{
    [Fact]
    public async Task Lists_the_one_node_with_everything_the_contract_names()
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => Samples.Census();

        var (status, body) = await host.CallAsync("GET", "/admin/v1/nodes");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(1, body.GetProperty("total").GetInt32());
        var node = body.GetProperty("value")[0];
        Assert.Equal("node1", node.GetProperty("id").GetString());
        Assert.Equal("serving", node.GetProperty("state").GetString());
        Assert.Equal(3, node.GetProperty("connections").GetInt32());
        Assert.Equal(1, node.GetProperty("closing").GetInt32());
        Assert.Equal(3, node.GetProperty("hubs").GetProperty("chat").GetInt32());
        Assert.Equal("Refuse", node.GetProperty("limits").GetProperty("whenFull").GetString());
        Assert.True(node.GetProperty("memory").GetProperty("heapBytes").GetInt64() > 0);
        Assert.Equal("1.02:00:00", node.GetProperty("uptime").GetString());
        Assert.Equal("0.1.0", node.GetProperty("version").GetString());
    }

    [Theory]
    [InlineData("self")]
    [InlineData("node1")]
    public async Task Finds_a_node_by_id_and_as_self(string node)
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => Samples.Census(accepting: false);

        var (status, body) = await host.CallAsync("GET", $"/admin/v1/nodes/{node}");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("draining", body.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("GET", "/admin/v1/nodes/other")]
    [InlineData("POST", "/admin/v1/nodes/other:serve")]
    public async Task Knows_no_other_node(string method, string path)
    {
        await using var host = await AdminHost.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await host.CallAsync(method, path)).Status);
    }

    [Fact]
    public async Task A_node_that_stops_cannot_be_made_to_serve()
    {
        await using var host = await AdminHost.StartAsync();
        host.DrainsStub.Answer = _ => new DrainProtocol.Conflict("The node is stopping.", DrainState.Running);

        var (status, body) = await host.CallAsync("POST", "/admin/v1/nodes/self:serve");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("The node is stopping.", body.GetProperty("detail").GetString());
        Assert.DoesNotContain(host.Log.Lines, l => l.EventId == 3000);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task Serves_again_and_logs_who_did_it(bool changed, int count)
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => Samples.Census(0, 0);
        host.DrainsStub.Answer = m => m is DrainProtocol.Serve ? new DrainProtocol.Served(changed) : null;

        var (status, body) = await host.CallAsync("POST", "/admin/v1/nodes/self:serve");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("serving", body.GetProperty("state").GetString());
        Assert.Contains(host.Log.Lines, l => l.EventId == 3000 && l.Message == $"loopback called serve on node1: {count} changed");
    }

    [Theory]
    [InlineData(true, false, 0, "serving")]
    [InlineData(true, true, 3, "draining")]
    [InlineData(true, true, 0, "draining")]
    [InlineData(false, true, 3, "draining")]
    [InlineData(false, true, 0, "drained")]
    public async Task Its_state_says_whether_it_wants_traffic(bool accepting, bool leaving, int connections, string expected)
    {
        await using var host = await AdminHost.StartAsync();
        host.SupervisorStub.Answer = _ => Samples.Census(connections, 0, accepting) with { Leaving = leaving };

        Assert.Equal(expected, (await host.CallAsync("GET", "/admin/v1/nodes/self")).Body.GetProperty("state").GetString());
    }
}

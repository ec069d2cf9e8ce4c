using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests;

/// <summary>An operator who empties one node after the other, and lets each serve again before the next.</summary>
internal sealed class Maintenance(ThreeNodes cluster) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Drains a node, waits until the others carry its clients, and lets it serve again.</summary>
    /// <returns>The drain as it ended.</returns>
    internal async Task<JsonObject> OfAsync(GatewayProcess node, int clients)
    {
        var id = await cluster.IdAsync(node);

        // Any node takes the order.
        using var ordered = await _http.PostAsJsonAsync(new Uri(cluster[0].Admin, "/admin/v1/drains"), new { select = new { node = id }, deadline = ServingCluster.Deadline });
        Assert.True(ordered.StatusCode == HttpStatusCode.Created, await ordered.Content.ReadAsStringAsync());
        var drain = $"/admin/v1/drains/{(string)(await ordered.Content.ReadFromJsonAsync<JsonObject>())!["id"]!}";
        await ThreeNodes.UntilAsync(async () => (string)(await cluster.GetAsync(cluster[1], drain))["state"]! == "completed", "the node is empty");
        await ThreeNodes.UntilAsync(async () => await cluster.ConnectionsAsync(cluster[0]) == clients, "all are back");
        using var served = await _http.PostAsync(new Uri(cluster[2].Admin, $"/admin/v1/nodes/{id}:serve"), null);
        Assert.True(served.IsSuccessStatusCode, await served.Content.ReadAsStringAsync());
        await ThreeNodes.UntilAsync(async () => (await _http.GetAsync(new Uri(node.Admin, "/healthz/ready"))).IsSuccessStatusCode, "it is ready again");
        return await cluster.GetAsync(cluster[0], drain);
    }

    public void Dispose() => _http.Dispose();
}

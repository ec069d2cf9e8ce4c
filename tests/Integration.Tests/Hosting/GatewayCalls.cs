using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Tests.Shared;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>What tests ask of a gateway again and again.</summary>
internal static class GatewayCalls
{
    /// <summary>For <c>AccessKeys:0</c>.</summary>
    public const string AccessKey = "an-access-key-that-nobody-may-ever-log-0123456789";

    public static Task<RawWebSocketClient> ConnectAsync(this GatewayHost gateway, string hub = "echo", params string[] headers) =>
        RawWebSocketClient.ConnectAsync(gateway.PublicEndPoint, $"/client/hubs/{hub}", headers);

    /// <summary>A client that is in, as a user.</summary>
    public static async Task<RawWebSocketClient> ConnectAsAsync(this GatewayHost gateway, string user, string hub = "echo", params string[] headers)
    {
        var client = await gateway.ConnectAsync(hub, [$"Authorization: Bearer {gateway.Token(hub, user)}", .. headers]);
        Assert.Equal(101, client.Status);
        return client;
    }

    public static string Token(
        this GatewayHost gateway, string hub, string? user, TimeSpan? lifetime = null, TimeProvider? time = null, string key = AccessKey,
        IReadOnlyList<string>? roles = null, IReadOnlyList<string>? groups = null) =>
        new ClientTokenIssuer(key, time ?? TimeProvider.System).Issue(gateway.Public.ToString(), hub, user, lifetime ?? TimeSpan.FromHours(1), roles, groups);

    public static async Task<JsonObject> PutLimitsAsync(this GatewayHost gateway, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await gateway.Admin.PutAsync("/admin/v1/limits", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!.AsObject();
    }

    public static async Task BanAsync(this GatewayHost gateway, string subject, string duration = "00:05:00")
    {
        using var answer = await gateway.Admin.PutAsJsonAsync($"/admin/v1/bans?subject={Uri.EscapeDataString(subject)}", new { @for = duration, reason = "test" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public static async Task LiftAsync(this GatewayHost gateway, string subject)
    {
        using var answer = await gateway.Admin.DeleteAsync($"/admin/v1/bans?subject={Uri.EscapeDataString(subject)}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>
    /// So many sessions are on the list. The count of a node has whoever has a slot; a list, a message to all and a drain reach
    /// whom the router knows to be open, which may come a moment later.
    /// </summary>
    public static Task UntilListedAsync(this GatewayHost gateway, int count, string selector = "", TimeSpan? bound = null) => Eventually.TrueAsync(
        async () => (int)(await gateway.GetAsync($"/admin/v1/connections?{selector}&limit=1"))["total"]! == count, $"{count} are listed for '{selector}'", bound);

    /// <summary>So many sessions as the list has them. A session is listed once the supervisor has heard of its opening, which may come after the first echo.</summary>
    public static async Task<JsonArray> ListedAsync(this GatewayHost gateway, int count, string selector = "")
    {
        JsonArray? found = null;
        await Eventually.TrueAsync(
            async () => (found = (await gateway.GetAsync($"/admin/v1/connections?{selector}"))["value"]!.AsArray()).Count == count, $"{count} are listed for '{selector}'");
        return found!;
    }

    /// <summary>The gateway refuses by what the supervisor has published, so that is waited for.</summary>
    public static async Task TellSupervisorAsync(this GatewayHost gateway, SupervisorProtocol.IMessage message)
    {
        gateway.Actors().Supervisor.Tell(message, ActorRefs.NoSender);
        await gateway.Actors().Supervisor.Ask<SupervisorProtocol.CensusReport>(SupervisorProtocol.GetCensus.Instance, TimeSpan.FromSeconds(60));
    }

    public static NodeActors Actors(this GatewayHost gateway) => gateway.Services.GetRequiredService<NodeActors>();

    /// <summary>Says something and waits until it is back: the session is open, and it spoke last.</summary>
    public static async Task EchoAsync(this RawWebSocketClient client, string text = "hello")
    {
        await client.SendTextAsync(text);
        Assert.Equal(text, (await client.ReadPastPingsAsync())?.Text);
    }

    /// <summary>An orderly goodbye.</summary>
    public static async Task LeaveAsync(this RawWebSocketClient client)
    {
        await client.SendCloseAsync(1000);
        Assert.NotNull(await client.ReadToCloseAsync());
        client.Dispose();
    }
}

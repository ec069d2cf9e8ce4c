using System.Net;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Tests.Shared;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Library;

/// <summary>The README's example: an application that says nothing about <c>Kestrel:Endpoints</c>.</summary>
public sealed class OwnEndpointsTests
{
    [Fact]
    public async Task An_endpoint_without_a_name_of_ours_is_public_and_has_no_admin_API()
    {
        var state = Directory.CreateTempSubdirectory("actorsockets-test-").FullName;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Configuration.AddInMemoryCollection([new("ActorSockets:State:Path", state), new("ActorSockets:Drain:ReadinessDelay", "00:00:00")]);
        builder.Services.AddActorSockets(builder.Configuration, sockets => sockets.AddHub<Greeter>("chat", anonymous: true));
        await using var app = builder.Build();
        app.MapActorSockets();
        await app.StartAsync();
        var address = new Uri(app.Urls.Single());

        using var client = await RawWebSocketClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port), "/client/hubs/chat");
        Assert.Equal(101, client.Status);
        await client.SendTextAsync("ann");
        Assert.Equal("hello ann", (await client.ReadPastPingsAsync())!.Text);
        using var http = new HttpClient { BaseAddress = address };
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/admin/v1/nodes", UriKind.Relative))).StatusCode);

        await client.SendCloseAsync(1000);
        await app.StopAsync();
        Directory.Delete(state, recursive: true);
    }

    private sealed class Greeter : HubHandler
    {
        public override async ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) =>
            await connection.SendAsync($"hello {message.AsText()}", cancellation);
    }
}

using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.Bench.FanOutHost;

// The product as a library: what one message to a whole hub costs an application that sends it itself. No data plane, no token.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddActorSockets(builder.Configuration, sockets => sockets.AddHub<EchoHub>(EchoHub.Name, anonymous: true));

var app = builder.Build();
app.MapActorSockets();
app.MapPost("/broadcast", async (HttpRequest request, IHubSender sender, CancellationToken cancellation) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body, cancellation);
    var message = new OutboundMessage(body.ToArray(), IsText: request.ContentType == "text/plain");
    await sender.SendToHubAsync(EchoHub.Name, message, cancellation: cancellation);
    return Results.Accepted();
});
await app.RunAsync();

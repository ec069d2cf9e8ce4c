using ActorSockets.Bench.SignalREcho;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

// SignalR as its template sets it up: JSON protocol, WebSocket transport.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.WebHost.UseSockets(sockets => sockets.Backlog = 4096);
// The load generator sends no SignalR pings, so a silent client must not be dropped while memory is measured.
builder.Services.AddSignalR(signalR => signalR.ClientTimeoutInterval = TimeSpan.FromHours(1));
var app = builder.Build();

app.MapHub<EchoHub>("/hub", connection => connection.Transports = HttpTransportType.WebSockets);
app.MapPost("/broadcast", async (HttpRequest request, IHubContext<EchoHub> hub) =>
{
    using var reader = new StreamReader(request.Body);
    await hub.Clients.All.SendAsync("Said", await reader.ReadToEndAsync());
    return Results.Accepted();
});
app.MapGet("/ready", () => Results.Ok());
await app.RunAsync();

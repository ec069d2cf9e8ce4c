using System.Net.WebSockets;
using ActorSockets.Bench.KestrelEcho;

// The barest WebSocket echo that ASP.NET Core offers: what the gateway's costs are compared with.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.WebHost.UseSockets(sockets => sockets.Backlog = 4096);
var app = builder.Build();
var audience = new Audience();

// --keepalive 25: the library's own pings with a timeout; without it none, which is the cheapest a peer can be.
var keepAlive = TimeSpan.FromSeconds(app.Configuration.GetValue("keepalive", 0));
var sockets = new WebSocketAcceptContext { KeepAliveInterval = keepAlive, KeepAliveTimeout = keepAlive > TimeSpan.Zero ? TimeSpan.FromSeconds(10) : null };

app.UseWebSockets();
app.Map("/ws", async context =>
{
    if (!context.WebSockets.IsWebSocketRequest)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return;
    }

    using var socket = await context.WebSockets.AcceptWebSocketAsync(sockets);
    audience.Add(socket);
    try
    {
        await Echo.Run(socket, context.RequestAborted);
    }
    catch (Exception e) when (e is WebSocketException or OperationCanceledException)
    {
        // The client went without a close frame.
    }
    finally
    {
        audience.Remove(socket);
    }
});
app.MapPost("/broadcast", audience.Broadcast);
app.MapGet("/ready", () => Results.Ok());
await app.RunAsync();

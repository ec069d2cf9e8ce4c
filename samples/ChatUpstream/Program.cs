using ChatUpstream;

// The application behind a gateway: no socket lives here, so it may restart while people talk.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(new GatewayKey(builder.Configuration["AccessKey"] ?? throw new InvalidOperationException("AccessKey is missing: the gateway's access key, 32 bytes or more.")));
builder.Services.AddSingleton(new Gateway((builder.Configuration["Gateway"] ?? "http://127.0.0.1:8080").Split(','), builder.Configuration["AccessKey"]!));

var app = builder.Build();
app.UseDefaultFiles();
app.UseStaticFiles();
app.MapEventHandler("/eventhandler");
app.MapGet("/negotiate", (string user, Gateway gateway) => Results.Json(new { url = gateway.ClientUrl("chat", user) }));
app.Run();

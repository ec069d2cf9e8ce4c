// An application behind the gateway that thinks for a while about every event, and answers with what it was told.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
var thinks = TimeSpan.FromMilliseconds(app.Configuration.GetValue("delay", 5.0));

app.MapMethods("/events", ["OPTIONS"], (HttpContext context) => { context.Response.Headers["WebHook-Allowed-Origin"] = "*"; });
app.MapPost("/events", async (HttpContext context) =>
{
    using var said = new MemoryStream();
    await context.Request.Body.CopyToAsync(said, context.RequestAborted);
    await Task.Delay(thinks, context.RequestAborted);
    context.Response.ContentType = context.Request.ContentType;
    context.Response.ContentLength = said.Length;
    await context.Response.Body.WriteAsync(said.GetBuffer().AsMemory(0, (int)said.Length), context.RequestAborted);
});
app.MapGet("/ready", () => Results.Ok());
await app.RunAsync();

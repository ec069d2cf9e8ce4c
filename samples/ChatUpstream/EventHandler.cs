using System.Text;
using System.Text.Json;

namespace ChatUpstream;

/// <summary>What the gateway asks and tells. Who is let in is in the room and may write to it; what people say needs no help from here.</summary>
internal static class EventHandler
{
    private const string Room = "room";

    public static void MapEventHandler(this WebApplication app, string path)
    {
        // "May I send you events?"
        app.MapMethods(path, [HttpMethods.Options], (HttpResponse response) => { response.Headers["WebHook-Allowed-Origin"] = "*"; });
        app.MapPost(path, AnswerAsync);
    }

    private static async Task<IResult> AnswerAsync(HttpRequest request, GatewayKey key, ILoggerFactory logs)
    {
        if (!key.Signed(request.Headers)) return Results.StatusCode(StatusCodes.Status401Unauthorized);
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        // Header fields are ASCII: names come percent-encoded.
        var user = Uri.UnescapeDataString(request.Headers["ce-userId"].ToString());
        switch (request.Headers["ce-type"].ToString())
        {
            case "azure.webpubsub.sys.connect":
                return user.Length is 0 or > 40 || user.Any(char.IsControl)
                    ? Results.Text("A nickname has 1 to 40 characters, all of them visible.", statusCode: StatusCodes.Status400BadRequest)
                    : Results.Json(new { groups = new[] { Room }, roles = new[] { $"webpubsub.sendToGroup.{Room}" } });
            case "azure.webpubsub.user.shout":
                // The connection's state comes with each event and is replaced by the answer.
                var count = int.TryParse(request.Headers["ce-connectionState"], out var before) ? before + 1 : 1;
                request.HttpContext.Response.Headers["ce-connectionState"] = count.ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Results.Json(new { shouted = JsonSerializer.Deserialize<string>(body)?.ToUpperInvariant(), times = count });
            default:
                logs.CreateLogger("Chat").Told(request.Headers["ce-eventName"].ToString(), user, body);
                return Results.NoContent();
        }
    }
}

internal static partial class ChatLog
{
    [LoggerMessage(1, LogLevel.Information, "{Event}: {User} {Body}")]
    public static partial void Told(this ILogger logger, string @event, string user, string body);
}

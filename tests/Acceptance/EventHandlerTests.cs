using ActorSockets.Tests.Shared;

namespace ActorSockets.Acceptance;

/// <summary>The official middleware for Express as upstream, in both versions that are in use.</summary>
public sealed class EventHandlerTests
{
    private const string SecondKey = "a-second-key-for-acceptance-tests-9876543210";

    [SkippableTheory]
    [InlineData("@azure/web-pubsub-express", "@azure/web-pubsub-client")]
    [InlineData("web-pubsub-express-1-1", "web-pubsub-client-1-1")]
    public async Task Upstreams_find_everything_as_their_middleware_expects(string middleware, string client)
    {
        using var held = new HeldPort();
        var port = held.Number;
        await NodeScript.PassesAsync(
            "event-handlers.test.mjs",
            [("MIDDLEWARE", middleware), ("CLIENT", client), ("UPSTREAM_PORT", $"{port}"), ("SECOND_KEY", SecondKey)],
            [
                $"AccessKeys:1={SecondKey}", "Hubs:chat:Anonymous=true",
                .. new[] { "chat", "listed", "wrong", "get" }.SelectMany(hub => new[]
                {
                    $"Hubs:{hub}:Handler=upstream",
                    $"Hubs:{hub}:EventHandlers:0:UrlTemplate=http://127.0.0.1:{port}/{{hub}}/",
                    $"Hubs:{hub}:EventHandlers:0:UserEventPattern=*",
                    $"Hubs:{hub}:EventHandlers:0:SystemEvents:0=connect",
                    $"Hubs:{hub}:EventHandlers:0:SystemEvents:1=connected",
                    $"Hubs:{hub}:EventHandlers:0:SystemEvents:2=disconnected",
                    $"Hubs:{hub}:EventHandlers:0:Retries={(hub == "chat" ? 1 : 0)}",
                }),
            ]);
    }
}

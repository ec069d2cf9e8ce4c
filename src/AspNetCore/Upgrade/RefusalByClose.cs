using System.Net.WebSockets;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// A refusal as upgrade and close frame, for hubs that serve browsers: a page cannot see an HTTP status. 1013 where waiting
/// helps, else 1008; the text is the refusal's id and the client's own time to come back.
/// </summary>
internal static class RefusalByClose
{
    private const int TryAgainLater = 1013;
    private const int PolicyViolation = 1008;

    internal static async Task SayAsync(Stream stream, Refusal refusal, TimeSpan bound, Action abort, TimeProvider time, Random random)
    {
        var wait = RefusalAnswer.RetryAfter(refusal, random);
        var text = wait is { } left ? $"{refusal.Id}; retry-after-ms={(long)left.TotalMilliseconds}" : refusal.Id;
        var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        try
        {
            await GoodbyeAsync(socket, wait is null ? PolicyViolation : TryAgainLater, CloseText.Fit(text)).WaitAsync(bound, time);
        }
        catch (Exception e) when (e is TimeoutException or WebSocketException or IOException or OperationCanceledException)
        {
            abort();
        }

        socket.Dispose();
    }

    private static async Task GoodbyeAsync(WebSocket socket, int code, string text)
    {
        await socket.CloseOutputAsync((WebSocketCloseStatus)code, text, CancellationToken.None);
        var scrap = new byte[512];
        while ((await socket.ReceiveAsync(scrap.AsMemory(), CancellationToken.None)).MessageType != WebSocketMessageType.Close)
        {
            // Whatever the client had under way.
        }
    }
}

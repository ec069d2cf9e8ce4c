using System.Net.WebSockets;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// A refusal as upgrade and close frame, for hubs that serve browsers: a page cannot see an HTTP status. 1013 where waiting
/// helps, else 1008; the text is the refusal's id and the client's own time to come back.
/// </summary>
internal sealed class RefusalByClose(Live<NodeSettings> settings, TimeProvider time)
{
    // These sockets are outside every limit; beyond so many at once a refusal is an HTTP status again, which costs nothing to hold.
    private const int AtOnce = 1000;

    private int _open;

    private const int TryAgainLater = 1013;
    private const int PolicyViolation = 1008;

    /// <summary>Takes a place for one refusal; false when there is none.</summary>
    internal bool TryBegin()
    {
        if (Interlocked.Increment(ref _open) <= AtOnce) return true;
        Interlocked.Decrement(ref _open);
        return false;
    }

    /// <summary>Says it and gives the place back; bounded by <c>Timers:CloseHandshake</c>.</summary>
    internal async Task SayAsync(Func<Task<Stream>> upgrade, Refusal refusal, string? subprotocol, Action abort)
    {
        try
        {
            await SayAsync(await upgrade(), refusal, subprotocol, abort);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task SayAsync(Stream stream, Refusal refusal, string? subprotocol, Action abort)
    {
        var wait = RefusalAnswer.RetryAfter(refusal, Random.Shared);
        var text = wait is { } left ? $"{refusal.Id}; retry-after-ms={(long)left.TotalMilliseconds}" : refusal.Id;
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = subprotocol, KeepAliveInterval = TimeSpan.Zero });
        try
        {
            await GoodbyeAsync(socket, wait is null ? PolicyViolation : TryAgainLater, CloseText.Fit(text)).WaitAsync(settings.Current.Timers.CloseHandshake, time);
        }
        catch (Exception e) when (e is TimeoutException || FrameStream.IsGone(e))
        {
            abort();
        }
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

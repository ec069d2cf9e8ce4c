using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.Endings;

/// <summary>A client's end of a session, and the name that the gateway gave the session.</summary>
internal sealed record Peer(RawWebSocketClient Socket, string Id) : IDisposable
{
    /// <summary>The gateway closes with this code and text, hears the answer, and ends TCP in order.</summary>
    public async Task IsClosedAsync(int code, string text)
    {
        var close = await ReadsCloseAsync(code, text);
        await Socket.SendCloseAsync(close.CloseCode);
        Assert.True(await Socket.ReadToEndAsync(), "TCP was reset after both close frames");
    }

    /// <summary>The gateway closes with this code and text, and with a slot if it likes; nothing is answered.</summary>
    public async Task<RawFrame> ReadsCloseAsync(int code, string text)
    {
        var close = await Socket.ReadToCloseAsync();
        Assert.True(close is not null, "the stream ended without a close frame");
        Assert.Equal((code, text), (close.CloseCode, close.CloseText.Split("; retry-after-ms=")[0]));
        return close;
    }

    /// <summary>TCP ends, and no close frame came before.</summary>
    public async Task IsCutAsync() => Assert.Null(await Socket.ReadToCloseAsync());

    /// <summary>The session is alive: a message comes back.</summary>
    public async Task EchoesAsync(string text = "still here")
    {
        await Socket.SendTextAsync(text);
        Assert.Equal(text, (await Socket.ReadPastPingsAsync())?.Text);
    }

    public void Dispose() => Socket.Dispose();
}

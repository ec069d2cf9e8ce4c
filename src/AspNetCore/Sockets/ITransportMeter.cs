namespace ActorSockets.AspNetCore.Sockets;

/// <summary>Where transports count what they move. Called on the hot path from any thread: must be cheap and must not throw.</summary>
internal interface ITransportMeter
{
    /// <summary>One whole message was read; <paramref name="bytes"/> is its payload after decompression.</summary>
    void MessageReceived(int bytes);

    /// <summary>One message was written; <paramref name="bytes"/> is its payload before compression.</summary>
    void MessageSent(int bytes);

    /// <summary>A message was dropped because the queue was full.</summary>
    void MessageDropped();

    /// <summary>A ping was written.</summary>
    void PingSent();
}

/// <summary>Counts nothing.</summary>
internal sealed class NoTransportMeter : ITransportMeter
{
    internal static readonly NoTransportMeter Instance = new();

    public void MessageReceived(int bytes)
    {
    }

    public void MessageSent(int bytes)
    {
    }

    public void MessageDropped()
    {
    }

    public void PingSent()
    {
    }
}

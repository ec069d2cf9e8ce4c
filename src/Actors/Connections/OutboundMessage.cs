namespace ActorSockets.Actors.Connections;

/// <summary>A payload on its way out. Encoded once and shared by every receiver, so nobody may change the bytes.</summary>
/// <param name="Payload">UTF-8 text or binary data; not copied.</param>
/// <param name="IsText">Text frame (RFC 6455 section 5.6) or binary frame.</param>
public sealed record OutboundMessage(ReadOnlyMemory<byte> Payload, bool IsText)
{
    /// <summary>Not worth writing any more from then on: dropped and counted when its turn comes later. Null = always worth it.</summary>
    internal DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Its session keeps it until the client has it, and bounds it: the connection's queue takes it whatever its own bounds.</summary>
    internal bool Kept { get; init; }

    /// <summary>Belongs to the client's protocol (a pong, an ack) and is no data: writing it does not keep the session from being idle.</summary>
    internal bool IsHousekeeping { get; init; }

    /// <summary>A text message.</summary>
    public static OutboundMessage Text(string text) => new(System.Text.Encoding.UTF8.GetBytes(text), true);

    /// <summary>A binary message.</summary>
    public static OutboundMessage Binary(ReadOnlyMemory<byte> payload) => new(payload, false);
}

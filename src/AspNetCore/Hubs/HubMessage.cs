using System.Text;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>One inbound message.</summary>
/// <param name="Payload">Valid until the handler's task completes; copy what is kept longer.</param>
/// <param name="IsText">Text (valid UTF-8, RFC 6455 section 5.6) or binary.</param>
public readonly record struct HubMessage(ReadOnlyMemory<byte> Payload, bool IsText)
{
    /// <summary>The payload as a string.</summary>
    public string AsText() => Encoding.UTF8.GetString(Payload.Span);
}

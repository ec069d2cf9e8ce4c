using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Routing;

/// <summary>
/// What is said to others, as it was said: a value without a receiver, which could also be sent to another node. Each form in
/// which somebody wants it is encoded once, when the first such receiver comes, and shared by all.
/// </summary>
/// <param name="type">What the bytes are; <see cref="PayloadType.Json"/> and <see cref="PayloadType.Text"/> were checked by whoever took them.</param>
/// <param name="data">Not copied, and nobody may change it.</param>
internal sealed class Publication(PayloadType type, ReadOnlyMemory<byte> data)
{
    private readonly OutboundMessage?[] _encoded = new OutboundMessage?[DeliveryForms.Count];

    internal PayloadType Type => type;

    internal ReadOnlyMemory<byte> Data => data;

    /// <summary>The group that it is sent to; null when it comes from the server.</summary>
    internal string? Group { get; init; }

    /// <summary>The client that said it; null for the server and for anonymous clients.</summary>
    internal string? FromUserId { get; init; }

    /// <summary>Not to be written any more from then on; null = whenever its turn comes.</summary>
    internal DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A message of the application in this process. Raw clients get this very message.</summary>
    internal static Publication Of(OutboundMessage message, string? group = null)
    {
        var publication = new Publication(message.IsText ? PayloadType.Text : PayloadType.Binary, message.Payload) { Group = group };
        publication._encoded[(int)DeliveryForm.Raw] = message;
        return publication;
    }

    /// <summary>The message for a receiver of this form. Two threads at once may encode twice, and either result will do.</summary>
    internal OutboundMessage For(DeliveryForm form) => _encoded[(int)form] ??= Encode(form);

    private OutboundMessage Encode(DeliveryForm form) => form switch
    {
        DeliveryForm.Json => new OutboundMessage(JsonEnvelope.Of(this), IsText: true) { ExpiresAt = ExpiresAt },
        _ => new OutboundMessage(data, type is PayloadType.Text or PayloadType.Json) { ExpiresAt = ExpiresAt },
    };
}

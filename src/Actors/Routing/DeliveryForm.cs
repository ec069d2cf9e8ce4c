namespace ActorSockets.Actors.Routing;

/// <summary>How a client wants to be told what others say; follows from its subprotocol.</summary>
internal enum DeliveryForm : byte
{
    /// <summary>The payload itself, in a text or binary frame.</summary>
    Raw,

    /// <summary>A JSON envelope in a text frame.</summary>
    Json,
}

/// <summary>Which subprotocol is delivered to in which form.</summary>
internal static class DeliveryForms
{
    internal const int Count = 2;

    /// <summary>A session with recovery numbers its frames itself: what it gets is what all clients of the JSON protocol get.</summary>
    internal static DeliveryForm Of(string? subprotocol) => subprotocol is Compat.Json or Compat.ReliableJson ? DeliveryForm.Json : DeliveryForm.Raw;
}

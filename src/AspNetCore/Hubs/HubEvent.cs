using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>One inbound event of a client whose subprotocol has them.</summary>
/// <param name="Name">A letter, then up to 127 letters, digits or any of <c>_ . -</c>.</param>
/// <param name="Type">What the payload is.</param>
/// <param name="Payload">The data without its envelope: text without escapes, binary without base64, JSON as the client wrote it.</param>
public readonly record struct HubEvent(string Name, PayloadType Type, ReadOnlyMemory<byte> Payload);

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Under which name a client reached us, as far as we believe it.</summary>
/// <param name="IsTls">Encrypted from the client's view: here, or at a trusted proxy that says so.</param>
/// <param name="Host">The Host header.</param>
/// <param name="ForwardedHost">The host that a trusted proxy says it was asked for, or null.</param>
internal readonly record struct RequestPlace(bool IsTls, string? Host, string? ForwardedHost = null);

namespace ActorSockets.Bench.Harness;

/// <summary>A measurement that cannot be taken or does not count; the message says what to do about it.</summary>
internal sealed class HarnessFault(string message) : Exception(message);

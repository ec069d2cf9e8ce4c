namespace ActorSockets.Actors.Serialization;

/// <summary>
/// A message that may cross to another node. Sealed, immutable, of values only, and written by a codec of its room (<see cref="CodecTable"/>); whatever
/// is not one of these stays on its node and says so with <see cref="Akka.Actor.INoSerializationVerificationNeeded"/>.
/// </summary>
internal interface IClusterMessage;

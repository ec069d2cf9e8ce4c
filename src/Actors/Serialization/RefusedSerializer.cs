using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace ActorSockets.Actors.Serialization;

/// <summary>
/// Stands where Akka has a serializer that makes whatever type the sender names: JSON (1), any protobuf class (2), remote deployment (3),
/// reliable delivery (36). Nothing of ours or of the cluster's needs them, so bytes with their number are refused unread, and so is sending by them.
/// </summary>
/// <param name="system">As Akka wants it.</param>
/// <param name="identifier">The number on the wire.</param>
internal sealed class RefusedSerializer(ExtendedActorSystem system, int identifier) : SerializerWithStringManifest(system)
{
    internal const int Json = 1;
    internal const int AnyProtobuf = 2;
    internal const int Deployment = 3;
    internal const int ReliableDelivery = 36;

    public override int Identifier => identifier;

    public override string Manifest(object o) => throw Refusal(o);

    public override byte[] ToBinary(object obj) => throw Refusal(obj);

    public override object FromBinary(byte[] bytes, string manifest) =>
        throw new SerializationException($"Serializer {identifier} would make a type that the sender names; it is not used between nodes.");

    private static SerializationException Refusal(object message) => new($"{message.GetType()} has no codec, so it cannot cross to another node.");
}

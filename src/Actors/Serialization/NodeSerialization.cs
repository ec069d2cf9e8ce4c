using Akka.Serialization;

namespace ActorSockets.Actors.Serialization;

/// <summary>The serializers of a node in a cluster. In code and not in a file, because no file may weaken them: a setup wins over every file.</summary>
internal static class NodeSerialization
{
    internal static SerializationSetup Setup { get; } = SerializationSetup.Create(system =>
    [
        SerializerDetails.Create("actorsockets", new ClusterSerializer(system), [typeof(IClusterMessage)]),
        // What has no binding would go by the serializer of object: refused, too.
        SerializerDetails.Create("json", new RefusedSerializer(system, RefusedSerializer.Json), [typeof(object)]),
        SerializerDetails.Create("proto", new RefusedSerializer(system, RefusedSerializer.AnyProtobuf), []),
        SerializerDetails.Create("daemon-create", new RefusedSerializer(system, RefusedSerializer.Deployment), []),
        SerializerDetails.Create("reliable-delivery", new RefusedSerializer(system, RefusedSerializer.ReliableDelivery), []),
        SerializerDetails.Create("akka-misc", ScreenedSerializer.Miscellaneous(system), []),
        SerializerDetails.Create("akka-system-msg", ScreenedSerializer.System(system), []),
    ]);
}

using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace ActorSockets.Actors.Serialization;

/// <summary>
/// The one way in which our messages leave a node and come in: a short manifest chosen by us says which codec reads the bytes, so no peer can
/// name a type. Fields are numbered (<see cref="WireWriter"/>): a node skips those that it does not know and does without those that it misses,
/// so that two adjacent releases understand each other.
/// </summary>
/// <remarks>Akka makes it by reflection, with this constructor.</remarks>
internal sealed class ClusterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>On the wire of every node of every release; numbers up to 40 are Akka's.</summary>
    internal const int Id = 1001;

    private ClusterTraffic? _traffic;

    public override int Identifier => Id;

    // Not in the constructor: serializers are made before the system takes extensions.
    private ClusterTraffic Traffic => _traffic ??= ClusterTraffic.Of(system);

    public override string Manifest(object o) => CodecTable.Default.ManifestOf(o.GetType());

    public override byte[] ToBinary(object obj)
    {
        var writer = new WireWriter();
        CodecTable.Default.Write(writer, (IClusterMessage)obj);
        var bytes = writer.ToArray();
        Traffic.Wrote(bytes.Length);
        return bytes;
    }

    /// <exception cref="SerializationException">The manifest is not ours, or the bytes are none of its message. Akka drops the message then and logs this.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        Traffic.Heard(bytes.Length);
        return CodecTable.Default.Read(manifest, bytes);
    }
}

using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;
using Akka.Util;

namespace ActorSockets.Actors.Serialization;

/// <summary>
/// One of Akka's own serializers of which only the manifests that the cluster needs are read. The others hold an exception whose type the
/// sender names and Akka makes, or order what no peer has to order: stop, restart or create an actor.
/// </summary>
internal sealed class ScreenedSerializer : SerializerWithStringManifest
{
    private static readonly string[] SmallMessages = ["ID", "AID", "AR", "STS", "RWHB", "RWHR"];
    private static readonly Type[] SystemMessages = [typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification)];

    private readonly Serializer _inner;
    private readonly FrozenDictionary<string, Type?> _allowed;

    private ScreenedSerializer(ExtendedActorSystem system, Serializer inner, IEnumerable<KeyValuePair<string, Type?>> allowed)
        : base(system) => (_inner, _allowed) = (inner, allowed.ToFrozenDictionary(StringComparer.Ordinal));

    public override int Identifier => _inner.Identifier;

    /// <summary>Identify and its answer, references, plain success, and the heartbeats of remote death watch.</summary>
    internal static ScreenedSerializer Miscellaneous(ExtendedActorSystem system) =>
        new(system, new MiscMessageSerializer(system), SmallMessages.Select(m => KeyValuePair.Create<string, Type?>(m, null)));

    /// <summary>Death watch.</summary>
    internal static ScreenedSerializer System(ExtendedActorSystem system) =>
        new(system, new SystemMessageSerializer(system), SystemMessages.Select(t => KeyValuePair.Create<string, Type?>(t.TypeQualifiedName(), t)));

    public override string Manifest(object o) => _inner is SerializerWithStringManifest named ? named.Manifest(o) : o.GetType().TypeQualifiedName();

    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_allowed.TryGetValue(manifest, out var type)) throw new SerializationException($"Serializer {Identifier} reads no such message from another node.");
        return type is null ? ((SerializerWithStringManifest)_inner).FromBinary(bytes, manifest) : _inner.FromBinary(bytes, type);
    }
}

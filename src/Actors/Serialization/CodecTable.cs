using System.Runtime.Serialization;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Supervision;
using Google.Protobuf;

namespace ActorSockets.Actors.Serialization;

/// <summary>Which message is written how, under which manifest. Each room adds its own; a manifest is never given to another message.</summary>
internal sealed class CodecTable
{
    /// <summary>The codecs of all rooms.</summary>
    internal static readonly CodecTable Default = Rooms();

    private readonly Dictionary<Type, Entry> _byType = [];
    private readonly Dictionary<string, Entry> _byManifest = new(StringComparer.Ordinal);

    internal IEnumerable<Type> Types => _byType.Keys;

    internal IEnumerable<string> Manifests => _byManifest.Keys;

    /// <param name="manifest">Short, because it goes along with every message: the room's letter and a word.</param>
    /// <param name="write">Writes the message's fields.</param>
    /// <param name="read">Reads them, those included that are not there.</param>
    internal CodecTable Add<T>(string manifest, Action<WireWriter, T> write, Func<WireFields, T> read)
        where T : class, IClusterMessage
    {
        var entry = new Entry(manifest, (writer, message) => write(writer, (T)message), read);
        _byType.Add(typeof(T), entry);
        _byManifest.Add(manifest, entry);
        return this;
    }

    internal string ManifestOf(Type type) =>
        _byType.TryGetValue(type, out var entry) ? entry.Manifest : throw new SerializationException($"{type} has no codec, so it cannot cross to another node.");

    internal void Write(WireWriter writer, IClusterMessage message)
    {
        if (!_byType.TryGetValue(message.GetType(), out var entry)) throw new SerializationException($"{message.GetType()} has no codec, so it cannot cross to another node.");
        entry.Write(writer, message);
    }

    internal IClusterMessage Read(string manifest, byte[] bytes)
    {
        if (!_byManifest.TryGetValue(manifest, out var entry)) throw new SerializationException($"No message of this release has the manifest '{Shown(manifest)}'.");
        try
        {
            return entry.Read(new WireFields(bytes));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or FormatException or ArgumentException or InvalidOperationException or OverflowException)
        {
            throw new SerializationException($"These {bytes.Length} bytes are no '{manifest}'.", e);
        }
    }

    private static CodecTable Rooms() => new CodecTable()
        .AddRouting()
        .AddSupervision()
        .AddEndings()
        .AddDrains()
        .AddNodes()
        .AddUserSlots()
        .AddReplicas()
        .AddMoves();

    /// <summary>It comes from the wire and goes to the log.</summary>
    private static string Shown(string manifest) => new([.. manifest.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '?')]);

    private sealed record Entry(string Manifest, Action<WireWriter, IClusterMessage> Write, Func<WireFields, IClusterMessage> Read);
}

using System.Buffers.Binary;
using ActorSockets.Actors.Serialization;
using static ActorSockets.Actors.Cluster.Replication.ReplicaProtocol;

namespace ActorSockets.Actors.Cluster.Replication;

/// <summary>How the messages of the registers are written. In all of them field 1 is the sender's tag and 2 the register's name.</summary>
internal static class ReplicaCodecs
{
    internal static CodecTable AddReplicas(this CodecTable table) => table
        .Add<Entries>("r.entries", Write, f => new Entries(f.Needed(1), f.Needed(2), f.Parts(3, Entry)))
        .Add<Question>("r.ask", (w, m) => Write(w, m, m.Digest), f => new Question(f.Needed(1), f.Needed(2), Digest(f.Bytes(3).Span)))
        .Add<Answer>("r.answer", (w, m) => Write(w, m, m.Digest), f => new Answer(f.Needed(1), f.Needed(2), Digest(f.Bytes(3).Span)));

    private static void Write(WireWriter writer, Entries entries)
    {
        writer.Text(1, entries.From);
        writer.Text(2, entries.Register);
        writer.Parts(3, entries.Written, (part, entry) =>
        {
            part.Text(1, entry.Key);
            part.Number(2, entry.Stamp.Time);
            part.Number(3, entry.Stamp.Count);
            part.Text(4, entry.Stamp.Node);
            part.Text(5, entry.Value);
            part.Instant(6, entry.Until);
        });
    }

    private static RegisterEntry Entry(WireFields fields) => new(
        fields.Needed(1), new Stamp(fields.Number(2), fields.Count(3), fields.Text(4) ?? ""), fields.Text(5), fields.Instant(6) ?? DateTimeOffset.MaxValue);

    private static void Write(WireWriter writer, IPeerMessage message, RegisterDigest digest)
    {
        var parts = new byte[RegisterDigest.Count * sizeof(ulong)];
        for (var i = 0; i < RegisterDigest.Count; i++) BinaryPrimitives.WriteUInt64LittleEndian(parts.AsSpan(i * sizeof(ulong)), digest.Parts[i]);
        writer.Text(1, message.From);
        writer.Text(2, message.Register);
        writer.Bytes(3, parts);
    }

    private static RegisterDigest Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != RegisterDigest.Count * sizeof(ulong)) throw new FormatException($"A digest has {bytes.Length} bytes.");
        var parts = new ulong[RegisterDigest.Count];
        for (var i = 0; i < parts.Length; i++) parts[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * sizeof(ulong))..]);
        return new RegisterDigest([.. parts]);
    }
}

using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>What reached a session on the node that it leaves after its state was taken, and will not reach it on the next: in order, without ids.</summary>
/// <param name="Frames">Bodies of messages.</param>
/// <param name="Changes">Of its groups and rights, in order.</param>
/// <param name="IsOverflown">There was more than the session may hold; the rest is lost, so it ends.</param>
internal sealed record SessionTail(IReadOnlyList<SessionTail.Frame> Frames, IReadOnlyList<StandingChange> Changes, bool IsOverflown)
{
    internal byte[] ToBytes()
    {
        var writer = new WireWriter();
        writer.Parts(1, Frames, (w, frame) =>
        {
            w.Bytes(1, frame.Body);
            w.Instant(2, frame.ExpiresAt);
        });
        writer.Parts(2, Changes, StandingChange.Write);
        writer.Flag(3, IsOverflown);
        return writer.ToArray();
    }

    internal static SessionTail FromBytes(ReadOnlyMemory<byte> bytes)
    {
        var fields = new WireFields(bytes);
        return new SessionTail(
            fields.Parts(1, f => new Frame(f.Bytes(1), f.Instant(2))),
            fields.Parts(2, StandingChange.Read),
            fields.Flag(3));
    }

    internal sealed record Frame(ReadOnlyMemory<byte> Body, DateTimeOffset? ExpiresAt);
}

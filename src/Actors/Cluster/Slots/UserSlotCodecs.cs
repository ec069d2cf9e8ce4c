using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using static ActorSockets.Actors.Cluster.Slots.UserSlotProtocol;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>How the messages between owners and holders of user slots are written. In all of them field 1 is the sender's tag.</summary>
internal static class UserSlotCodecs
{
    internal static CodecTable AddUserSlots(this CodecTable table) => table
        .Add<Claim>("s.claim", Write, f => new Claim(f.Needed(1), f.Id(2), User(f), f.Instant(6) ?? default, f.Count(5)))
        .Add<Grant>("s.grant", Write, f => new Grant(f.Needed(1), f.Id(2), User(f), f.Count(5)))
        .Add<Deny>("s.deny", Write, f => new Deny(f.Needed(1), f.Id(2), f.Count(5), f.Count(6)))
        .Add<PassOn>("s.pass", Write, f => new PassOn(f.Needed(1), f.Id(2), User(f), f.Flag(5), f.Flag(6)))
        .Add<Ready>("s.ready", (w, m) => w.Text(1, m.From), f => new Ready(f.Needed(1)))
        .Add<Notice>("s.notice", Write, f => new Notice(f.Needed(1), f.Number(5), f.Id(2), User(f), f.Flag(6), f.Flag(7)))
        .Add<SoFar>("s.stand", Write, f => new SoFar(f.Needed(1), f.Number(2)))
        .Add<Recount>("s.recount", (w, m) => Write(w, m.From, m.Buckets), f => new Recount(f.Needed(1), NeededBuckets(f)))
        .Add<Learn>("s.learn", Write, f => new Learn(f.Needed(1), NeededBuckets(f), f.Number(3)))
        .Add<Holdings>("s.held", Write, f => new Holdings(f.Needed(1), f.Number(2), f.Count(3), Buckets(f.Bytes(4)), f.Parts(5, Held), f.Number(6)));

    private static void Write(WireWriter writer, Claim claim)
    {
        Slot(writer, claim.From, claim.Id, claim.User);
        writer.Number(5, claim.Attempt);
        writer.Instant(6, claim.Since);
    }

    private static void Write(WireWriter writer, Grant grant)
    {
        Slot(writer, grant.From, grant.Id, grant.User);
        writer.Number(5, grant.Attempt);
    }

    private static void Write(WireWriter writer, Deny deny)
    {
        writer.Text(1, deny.From);
        writer.Id(2, deny.Id);
        writer.Number(5, deny.Attempt);
        writer.Number(6, deny.Limit);
    }

    private static void Write(WireWriter writer, PassOn pass)
    {
        Slot(writer, pass.From, pass.Id, pass.User);
        writer.Flag(5, pass.ForItsNode);
        writer.Flag(6, pass.Gently);
    }

    private static void Write(WireWriter writer, Notice notice)
    {
        Slot(writer, notice.From, notice.Id, notice.User);
        writer.Number(5, notice.Number);
        writer.Flag(6, notice.IsFree);
        writer.Flag(7, notice.IsMarked);
    }

    private static void Write(WireWriter writer, SoFar standing)
    {
        writer.Text(1, standing.From);
        writer.Number(2, standing.Number);
    }

    private static void Write(WireWriter writer, string from, BucketSet buckets)
    {
        writer.Text(1, from);
        writer.Bytes(2, buckets.ToBytes());
    }

    private static void Write(WireWriter writer, Learn learn)
    {
        Write(writer, learn.From, learn.Buckets);
        writer.Number(3, learn.Round);
    }

    private static void Write(WireWriter writer, Holdings holdings)
    {
        writer.Text(1, holdings.From);
        writer.Number(2, holdings.Number);
        writer.Number(3, holdings.Part);
        if (holdings.Buckets is { } buckets) writer.Bytes(4, buckets.ToBytes());
        writer.Parts(5, holdings.Held, (part, held) =>
        {
            part.Number(1, (long)held.State);
            part.Id(2, held.Id);
            part.Text(3, held.User.Hub);
            part.Text(4, held.User.UserId);
            part.Instant(5, held.Since);
        });
        writer.Number(6, holdings.Round);
    }

    private static void Slot(WireWriter writer, string from, ConnectionId id, UserKey user)
    {
        writer.Text(1, from);
        writer.Id(2, id);
        writer.Text(3, user.Hub);
        writer.Text(4, user.UserId);
    }

    private static UserKey User(WireFields fields) => new(fields.Needed(3), fields.Needed(4));

    /// <summary>A state that a newer release adds counts, as most do: that is the safe side.</summary>
    private static HeldSlot Held(WireFields fields) => new(fields.Id(2), User(fields), fields.Instant(5) ?? default, fields.Choice(1, HeldState.Opening));

    private static BucketSet NeededBuckets(WireFields fields) => Buckets(fields.Bytes(2)) ?? throw new FormatException("It names no buckets.");

    private static BucketSet? Buckets(ReadOnlyMemory<byte> bytes) =>
        bytes.IsEmpty ? null : BucketSet.Read(bytes.Span) ?? throw new FormatException("A set of buckets has another size.");
}

using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Endings;

/// <summary>How endings and their history cross to other nodes.</summary>
internal static class EndingCodecs
{
    internal static CodecTable AddEndings(this CodecTable table) => table
        .Add<HistoryProtocol.Query>("e.query", Write, ReadQuery)
        .Add<HistoryProtocol.Found>("e.found", (w, m) => { w.Parts(1, m.Records, Write); w.Number(2, m.Total); w.Optional(3, m.Next); w.Numbers(4, m.Sequences); },
            f => new HistoryProtocol.Found(f.Parts(1, ReadRecord), f.Count(2), f.Optional(3)) { Sequences = f.Numbers(4) });

    internal static void Write(WireWriter w, EndRequest request)
    {
        w.Part(1, request.Ending, Write);
        w.Optional(2, request.Code);
        w.Text(3, request.Reason);
        w.Text(4, request.Explanation);
        w.Text(5, request.Detail);
        w.Text(6, request.Note);
        w.Flag(7, request.Abort);
        w.Text(8, request.Drain);
        w.Duration(9, request.ReturnsAfter);
    }

    internal static EndRequest ReadRequest(WireFields f) => new(f.NeededPart(1, ReadEnding))
    {
        Code = f.OptionalCount(2),
        Reason = f.Text(3),
        Explanation = f.Text(4),
        Detail = f.Text(5),
        Note = f.Text(6),
        Abort = f.Flag(7),
        Drain = f.Text(8),
        ReturnsAfter = f.Duration(9),
    };

    /// <summary>The id is enough for a node of the same release; the rest is for one that does not know the ending yet.</summary>
    internal static void Write(WireWriter w, Ending ending)
    {
        w.Text(1, ending.Id);
        w.Choice(2, ending.Category);
        w.Optional(3, ending.Code);
        w.Choice(4, ending.Reconnect);
        w.Flag(5, ending.FramedByLibrary);
        w.Text(6, ending.Summary);
    }

    internal static Ending ReadEnding(WireFields f) => EndingCatalogue.Find(f.Needed(1)) ?? new Ending(
        f.Needed(1), f.Choice(2, EndingCategory.Error), f.OptionalCount(3), f.Choice(4, ReconnectAdvice.BackOff), f.Flag(5), f.Text(6) ?? "");

    internal static void Write(WireWriter w, EndingRecord record)
    {
        w.Part(1, record.Session, SessionCodec.Write);
        w.Part(2, record.Ending, Write);
        w.Optional(3, record.Code);
        w.Text(4, record.Text);
        w.Text(5, record.Note);
        w.Choice(6, record.Outcome);
        w.Instant(7, record.EndedAt);
        w.Number(8, record.Activity.MessagesIn);
        w.Number(9, record.Activity.MessagesOut);
        w.Number(10, record.Activity.BytesIn);
        w.Number(11, record.Activity.BytesOut);
        w.Number(12, record.Activity.Dropped);
        w.Text(13, record.Drain);
        w.Choice(14, record.Fate);
        w.Flag(15, record.WasDetached);
    }

    /// <summary>Time stamps of the transport mean nothing outside their process and stay behind.</summary>
    internal static EndingRecord ReadRecord(WireFields f) => new(
        f.NeededPart(1, SessionCodec.Read), f.NeededPart(2, ReadEnding), f.OptionalCount(3), f.Text(4) ?? "", f.Text(5), f.Choice(6, CloseOutcome.Lost),
        f.Instant(7) ?? default, new TransportActivity(0, 0, f.Number(8), f.Number(9), f.Number(10), f.Number(11), 0, 0, f.Number(12)))
    {
        Drain = f.Text(13),
        Fate = f.Choice(14, TransportFate.Ended),
        WasDetached = f.Flag(15),
    };

    private static void Write(WireWriter w, HistoryProtocol.Query query)
    {
        w.Text(1, query.Connection);
        w.Text(2, query.Hub);
        w.Text(3, query.User);
        w.Text(4, query.Ip?.ToString());
        w.Text(5, query.Ending);
        w.Text(6, query.Drain);
        w.Instant(7, query.Since);
        w.Optional(8, query.Before);
        w.Number(9, query.Limit);
    }

    private static HistoryProtocol.Query ReadQuery(WireFields f) => new()
    {
        Connection = f.Text(1),
        Hub = f.Text(2),
        User = f.Text(3),
        Ip = f.Text(4) is { } ip ? IPNetwork.Parse(ip) : null,
        Ending = f.Text(5),
        Drain = f.Text(6),
        Since = f.Instant(7),
        Before = f.Optional(8),
        Limit = f.Count(9),
    };
}

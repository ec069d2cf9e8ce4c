using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing.Filters;
using ActorSockets.Actors.Serialization;
using ActorSockets.Actors.Sessions.Moves;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.Actors.Routing;

/// <summary>How the router's messages cross to other nodes.</summary>
internal static class RoutingCodecs
{
    internal static CodecTable AddRouting(this CodecTable table) => table
        .Add<Send>("r.send", Write, ReadSend)
        .Add<SendReport>("r.sent", (w, m) => { w.Number(1, m.Matched); w.Number(2, m.Queued); }, f => new SendReport(f.Count(1), f.Count(2)))
        .Add<Relayed>("r.relayed", (w, m) => { w.Part(1, m.Send, Write); w.Number(2, m.Sequence); }, f => new Relayed(f.NeededPart(1, ReadSend), f.Number(2)))
        .Add<Taken>("r.taken", (w, m) => w.Number(1, m.Sequence), f => new Taken(f.Number(1)))
        .Add<SentOn>("r.sent-on", (w, m) => { w.Id(1, m.Id); w.Bytes(2, m.Frame); w.Instant(3, m.ExpiresAt); }, f => new SentOn(f.Id(1), f.Bytes(2), f.Instant(3)))
        .Add<SettleOn>("r.settle-on", (w, m) => { w.Id(1, m.Id); w.Parts(2, m.Changes, StandingChange.Write); w.Number(3, m.Number); }, f => new SettleOn(f.Id(1), f.Parts(2, StandingChange.Read), f.Number(3)))
        .Add<Settled>("r.settled", (w, m) => w.Number(1, m.Number), f => new Settled(f.Number(1)))
        .Add<PassedOn>("r.passed-on", (w, m) => { w.Text(1, table.ManifestOf(m.Message.GetType())); w.Bytes(2, Bytes(table, m.Message)); }, f => new PassedOn(Content(table, f)))
        .Add<Flush>("r.flush", (w, m) => { w.Id(1, m.Id); w.Number(2, m.Number); }, f => new Flush(f.Id(1), f.Number(2)))
        .Add<Flushed>("r.flushed", (w, m) => { w.Id(1, m.Id); w.Number(2, m.Number); }, f => new Flushed(f.Id(1), f.Number(2)))
        .Add<JoinGroup>("r.join-one", (w, m) => { w.Id(1, m.Id); w.Text(2, m.Group); }, f => new JoinGroup(f.Id(1), f.Needed(2)))
        .Add<LeaveGroup>("r.leave-one", (w, m) => { w.Id(1, m.Id); w.Text(2, m.Group); }, f => new LeaveGroup(f.Id(1), f.Needed(2)))
        .Add<Changed>("r.changed", (w, m) => w.Flag(1, m.Found), f => new Changed(f.Flag(1)))
        .Add<Join>("r.join", (w, m) => { WriteMany(w, m.Scope, m.Groups, m.Filter); WriteMark(w, 5, m.Mark); }, f => new Join(f.NeededPart(1, ReadScope), f.Texts(3), Filter(f, 4)) { Mark = ReadMark(f, 5) })
        .Add<Leave>("r.leave", (w, m) => { WriteMany(w, m.Scope, m.Groups, m.Filter); WriteMark(w, 5, m.Mark); }, f => new Leave(f.NeededPart(1, ReadScope), f.Flag(2) ? f.Texts(3) : null, Filter(f, 4)) { Mark = ReadMark(f, 5) })
        .Add<Members>("r.members", (w, m) => { w.Number(1, m.Matched); w.Number(2, m.Full); w.Flag(3, m.TooMuch); }, f => new Members(f.Count(1), f.Count(2), f.Flag(3)))
        .Add<Exists>("r.exists", (w, m) => w.Part(1, m.Scope, Write), f => new Exists(f.NeededPart(1, ReadScope)))
        .Add<Existence>("r.existence", (w, m) => w.Flag(1, m.Found), f => new Existence(f.Flag(1)))
        .Add<ListGroup>("r.list-group", (w, m) => { w.Text(1, m.Hub); w.Text(2, m.Group); w.Id(3, m.After); w.Number(4, m.Limit); }, f => new ListGroup(f.Needed(1), f.Needed(2), f.OptionalId(3), f.Count(4)))
        .Add<GroupPage>("r.group-page", (w, m) => { w.Parts(1, m.Members, SessionCodec.Write); w.Number(2, m.Total); w.Id(3, m.Next); }, f => new GroupPage(f.Parts(1, SessionCodec.Read), f.Count(2), f.OptionalId(3)))
        .Add<SetRight>("r.set-right", (w, m) => { WriteRight(w, m.Hub, m.Id, m.Permission, m.Group); w.Flag(5, m.Granted); }, f => new SetRight(f.Needed(1), f.Id(2), PermissionOf(f), f.Needed(4), f.Flag(5)))
        .Add<CheckRight>("r.check-right", (w, m) => WriteRight(w, m.Hub, m.Id, m.Permission, m.Group), f => new CheckRight(f.Needed(1), f.Id(2), PermissionOf(f), f.Needed(4)))
        .Add<RightsAnswer>("r.rights", (w, m) => w.Choice(1, m.Verdict), f => new RightsAnswer(f.Choice(1, Verdict.Failed)))
        .Add<Query>("r.query", (w, m) => { w.Part(1, m.Selector, SelectorCodec.Write); w.Id(2, m.After); w.Number(3, m.Limit); }, f => new Query(f.NeededPart(1, SelectorCodec.Read), f.OptionalId(2), f.Count(3)))
        .Add<Page>("r.page", (w, m) => { w.Parts(1, m.Sessions, Write); w.Number(2, m.Total); w.Id(3, m.Next); }, f => new Page(f.Parts(1, ReadView), f.Count(2), f.OptionalId(3)))
        .Add<EndMatching>("r.end-matching", (w, m) => { w.Part(1, m.Selector, SelectorCodec.Write); w.Part(2, m.Request, EndingCodecs.Write); }, f => new EndMatching(f.NeededPart(1, SelectorCodec.Read), f.NeededPart(2, EndingCodecs.ReadRequest)))
        .Add<EndScope>("r.end-scope", WriteEnd, f => new EndScope(f.NeededPart(1, ReadScope), f.NeededPart(2, EndingCodecs.ReadRequest), Ids(f, 3), Filter(f, 4)))
        .Add<Matched>("r.matched", (w, m) => w.Number(1, m.Count), f => new Matched(f.Count(1)));

    private static byte[] Bytes(CodecTable table, ICrossing message)
    {
        var writer = new WireWriter();
        table.Write(writer, message);
        return writer.ToArray();
    }

    /// <summary>What is for one session: in a message like this one there is no other.</summary>
    private static ICrossing Content(CodecTable table, WireFields f)
    {
        if (f.Needed(1) is var manifest && manifest == table.ManifestOf(typeof(PassedOn))) throw new FormatException("nothing is passed on twice at once");
        return table.Read(manifest, f.Bytes(2).ToArray()) as ICrossing ?? throw new FormatException("this is not for a router");
    }

    private static void Write(WireWriter w, Send send)
    {
        w.Part(1, send.Scope, Write);
        w.Choice(2, send.Publication.Type);
        w.Text(3, send.Publication.Group);
        w.Text(4, send.Publication.FromUserId);
        w.Instant(5, send.Publication.ExpiresAt);
        WriteIds(w, 6, send.Excluded);
        w.Text(7, send.Filter?.Text);
        w.Bytes(8, send.Publication.Data);
        WriteMark(w, 9, send.Mark);
    }

    /// <summary>Two fields.</summary>
    private static void WriteMark(WireWriter w, int field, Mark? mark)
    {
        w.Text(field, mark?.By);
        w.Number(field + 1, mark?.Number ?? 0);
    }

    private static Mark? ReadMark(WireFields f, int field) => f.Text(field) is { } by ? new Mark(by, f.Number(field + 1)) : null;

    /// <summary>The payload crosses once, as it was said; each form of it is made where somebody wants it.</summary>
    private static Send ReadSend(WireFields f)
    {
        var publication = new Publication(f.Choice<PayloadType>(2, PayloadType.Binary), f.Bytes(8)) { Group = f.Text(3), FromUserId = f.Text(4), ExpiresAt = f.Instant(5) };
        return new Send(f.NeededPart(1, ReadScope), publication, Ids(f, 6), Filter(f, 7)) { Mark = ReadMark(f, 9) };
    }

    private static void Write(WireWriter w, Scope scope)
    {
        w.Text(1, scope.Hub);
        w.Text(2, scope.User);
        w.Text(3, scope.Group);
        w.Id(4, scope.Connection);
    }

    private static Scope ReadScope(WireFields f) => new(f.Needed(1), f.Text(2), f.Text(3), f.OptionalId(4));

    private static void WriteMany(WireWriter w, Scope scope, IReadOnlyCollection<string>? groups, ISessionFilter? filter)
    {
        w.Part(1, scope, Write);
        w.Flag(2, groups is not null);
        w.Texts(3, groups ?? []);
        w.Text(4, filter?.Text);
    }

    private static void WriteRight(WireWriter w, string hub, ConnectionId id, Permission permission, string group)
    {
        w.Text(1, hub);
        w.Id(2, id);
        w.Choice(3, permission);
        w.Text(4, group);
    }

    /// <summary>A permission of a newer release must not be taken for another one.</summary>
    private static Permission PermissionOf(WireFields f) =>
        Enum.IsDefined((Permission)f.Number(3)) ? (Permission)f.Number(3) : throw new FormatException("the permission is not known");

    private static void WriteEnd(WireWriter w, EndScope end)
    {
        w.Part(1, end.Scope, Write);
        w.Part(2, end.Request, EndingCodecs.Write);
        WriteIds(w, 3, end.Excluded);
        w.Text(4, end.Filter?.Text);
    }

    private static void Write(WireWriter w, SessionView view)
    {
        w.Part(1, view.Session, SessionCodec.Write);
        w.Flag(2, view.Closing);
        w.Texts(3, view.Groups);
        w.Part(4, view.Traffic, SessionCodec.Write);
    }

    private static SessionView ReadView(WireFields f) =>
        new(f.NeededPart(1, SessionCodec.Read), f.Flag(2), f.Texts(3), f.NeededPart(4, SessionCodec.ReadTraffic));

    private static void WriteIds(WireWriter w, int field, IReadOnlySet<ConnectionId>? ids) => w.Texts(field, ids?.Select(id => id.Value) ?? []);

    private static HashSet<ConnectionId>? Ids(WireFields f, int field) => f.Texts(field) is { Count: > 0 } ids ? [.. ids.Select(id => new ConnectionId(id))] : null;

    /// <summary>Who asked has compiled it already; here it is made ready again.</summary>
    private static ConnectionFilter? Filter(WireFields f, int field)
    {
        if (f.Text(field) is not { } text) return null;
        return ConnectionFilter.TryParse(text, out var filter, out var fault) ? filter : throw new FormatException(fault);
    }
}

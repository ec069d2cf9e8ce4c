using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;
using static ActorSockets.Actors.Cluster.Witness.WitnessProtocol;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>How nodes tell each other of their sessions. In all messages field 1 is the sender's tag and 2 the number of the roster.</summary>
internal static class WitnessCodecs
{
    internal static CodecTable AddWitness(this CodecTable table) => table
        .Add<Told>("w.told", Write, f => new Told(f.Needed(1), f.Number(2), f.Count(3), f.Parts(4, Session), Ids(f)))
        .Add<Heard>("w.heard", Write, f => new Heard(f.Needed(1), f.Number(2), f.Count(3)))
        .Add<Anew>("w.anew", Head, f => new Anew(f.Needed(1), f.Number(2)))
        .Add<Elsewhere>("w.else", Head, f => new Elsewhere(f.Needed(1), f.Number(2)))
        .Add<Bereft>("w.bereft", Write, f => new Bereft(f.Needed(1), f.Needed(3), f.Number(2)))
        .Add<HaveMet>("w.have-met", (w, m) => Write(w, m, m.Page, m.Sessions), f => new HaveMet(f.Needed(1), f.Number(2), f.Count(3), Ids(f)))
        .Add<Met>("w.met", (w, m) => Write(w, m, m.Page, m.Sessions), f => new Met(f.Needed(1), f.Number(2), f.Count(3), Ids(f)));

    private static void Head(WireWriter writer, IPeerMessage message)
    {
        writer.Text(1, message.From);
        writer.Number(2, message.Roster);
    }

    private static void Write(WireWriter writer, Told told)
    {
        Head(writer, told);
        writer.Number(3, told.Part);
        writer.Parts(4, told.Held, Write);
        writer.Texts(5, told.Gone.Select(id => id.Value));
    }

    private static void Write(WireWriter writer, IPeerMessage message, int page, IReadOnlyList<ConnectionId> sessions)
    {
        Head(writer, message);
        writer.Number(3, page);
        writer.Texts(5, sessions.Select(id => id.Value));
    }

    private static void Write(WireWriter writer, Heard heard)
    {
        Head(writer, heard);
        writer.Number(3, heard.Part);
    }

    private static void Write(WireWriter writer, Bereft bereft)
    {
        Head(writer, bereft);
        writer.Text(3, bereft.Lost);
    }

    private static void Write(WireWriter writer, WitnessedSession session)
    {
        writer.Id(1, session.Id);
        writer.Text(2, session.Hub);
        writer.Text(3, session.UserId);
        writer.Bytes(4, session.Address.Address.GetAddressBytes());
        writer.Flag(5, session.Address.IsShared);
        writer.Text(6, session.Subprotocol);
        writer.Instant(7, session.ConnectedAt);
        writer.Text(8, session.State);
    }

    private static IReadOnlyList<ConnectionId> Ids(WireFields f) => [.. f.Texts(5).Select(id => new ConnectionId(id))];

    private static WitnessedSession Session(WireFields f) => new(
        f.Id(1), f.Needed(2), f.Text(3), new ClientAddress(new IPAddress(f.Bytes(4).Span), f.Flag(5)), f.Text(6), f.Instant(7) ?? default, f.Text(8));
}

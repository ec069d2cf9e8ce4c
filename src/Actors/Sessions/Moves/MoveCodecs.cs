using System.Collections.Immutable;
using ActorSockets.Actors.Serialization;
using static ActorSockets.Actors.Sessions.Moves.MoveProtocol;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>How what nodes say to each other about a session that goes crosses.</summary>
internal static class MoveCodecs
{
    internal static CodecTable AddMoves(this CodecTable table) => table
        .Add<Parcel>("m.parcel", (w, m) => { w.Text(1, m.Move); w.Choice(2, m.Cargo); w.Number(3, m.Part); w.Flag(4, m.IsLast); w.Bytes(5, m.Bytes); }, ReadParcel)
        .Add<Taken>("m.taken", (w, m) => { w.Text(1, m.Move); w.Parts(2, m.Heard.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => Tuple.Create(h.Key, h.Value)), (p, h) => { p.Text(1, h.Item1); p.Number(2, h.Item2); }); },
            f => new Taken(f.Needed(1), f.Parts(2, p => KeyValuePair.Create(p.Needed(1), p.Number(2))).ToImmutableDictionary(StringComparer.Ordinal)))
        .Add<Settled>("m.settled", (w, m) => w.Text(1, m.Move), f => new Settled(f.Needed(1)))
        .Add<Declined>("m.declined", (w, m) => { w.Text(1, m.Move); w.Flag(2, m.IsClosed); }, f => new Declined(f.Needed(1), f.Flag(2)))
        .Add<Abandoned>("m.abandoned", (w, m) => w.Text(1, m.Move), f => new Abandoned(f.Needed(1)))
        .Add<Give>("m.give", (w, m) => { w.Id(1, m.Id); w.Text(2, m.To); w.Flag(3, m.PassOn); w.Number(4, m.Hops); }, f => new Give(f.Id(1), f.Needed(2), f.Flag(3), f.Count(4)))
        .Add<Giving>("m.giving", (w, m) => w.Id(1, m.Id), f => new Giving(f.Id(1)))
        .Add<NotHeld>("m.not-held", (w, m) => { w.Id(1, m.Id); w.Text(2, m.By); w.Flag(3, m.MayCome); }, f => new NotHeld(f.Id(1), f.Needed(2), f.Flag(3)))
        .Add<LivesAt>("m.lives-at", (w, m) => { w.Id(1, m.Id); w.Text(2, m.Node); w.Number(3, m.Moves); }, f => new LivesAt(f.Id(1), f.Needed(2), f.Count(3)))
        .Add<Over>("m.over", (w, m) => w.Id(1, m.Id), f => new Over(f.Id(1)));

    /// <summary>A cargo of a newer release must not be taken for another one.</summary>
    private static Parcel ReadParcel(WireFields f) => Enum.IsDefined((Cargo)f.Number(2))
        ? new Parcel(f.Needed(1), (Cargo)f.Number(2), f.Count(3), f.Flag(4), f.Bytes(5))
        : throw new FormatException("the cargo is not known");
}

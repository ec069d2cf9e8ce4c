using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Serialization;
using static ActorSockets.Actors.Supervision.SupervisorProtocol;

namespace ActorSockets.Actors.Supervision;

/// <summary>How questions about one connection, and about a node's counts, cross to other nodes.</summary>
internal static class SupervisionCodecs
{
    internal static CodecTable AddSupervision(this CodecTable table) => table
        .Add<End>("s.end", (w, m) => { w.Id(1, m.Id); w.Part(2, m.Request, EndingCodecs.Write); }, f => new End(f.Id(1), f.NeededPart(2, EndingCodecs.ReadRequest)))
        .Add<EndResult>("s.end-result", (w, m) => w.Flag(1, m.Found), f => new EndResult(f.Flag(1)))
        .Add<Forward>("s.forward", Write, ReadForward)
        .Add<NoSuchConnection>("s.no-such", (_, _) => { }, _ => NoSuchConnection.Instance)
        .Add<TokenRevoked>("s.revoked", (_, _) => { }, _ => TokenRevoked.Instance)
        .Add<GetCensus>("s.get-census", (_, _) => { }, _ => GetCensus.Instance)
        .Add<CensusReport>("s.census", Write, ReadCensus)
        .Add<ConnectionProtocol.Description>("c.description", Write, ReadDescription)
        .Add<ConnectionProtocol.Extended>("c.extended", (w, m) => w.Instant(1, m.SessionEndsAt), f => new ConnectionProtocol.Extended(f.Instant(1)));

    /// <summary>Of what one connection is told, only what an operator asks or orders crosses.</summary>
    private static void Write(WireWriter w, Forward forward)
    {
        w.Id(1, forward.Id);
        switch (forward.Message)
        {
            case ConnectionProtocol.Describe: w.Flag(2, true); break;
            case ConnectionProtocol.ExtendUntil until: w.Instant(3, until.ExpiresAt); break;
            case ConnectionProtocol.Extend extend: w.Part(4, extend.Token, SessionCodec.Write); break;
            default: throw new FormatException($"{forward.Message.GetType().Name} is for this node only");
        }
    }

    private static Forward ReadForward(WireFields f)
    {
        ConnectionProtocol.IMessage message = f.Flag(2) ? ConnectionProtocol.Describe.Instance
            : f.Instant(3) is { } until ? new ConnectionProtocol.ExtendUntil(until)
            : new ConnectionProtocol.Extend(f.NeededPart(4, SessionCodec.ReadToken));
        return new Forward(f.Id(1), message);
    }

    private static void Write(WireWriter w, CensusReport census)
    {
        w.Number(1, census.Connections);
        w.Number(2, census.Closing);
        w.Parts(3, census.Hubs.Select(h => Tuple.Create(h.Key, h.Value)), (p, h) => { p.Text(1, h.Item1); p.Number(2, h.Item2); });
        w.Flag(4, census.Accepting);
        w.Flag(5, census.UnderPressure);
        w.Flag(6, census.Leaving);
    }

    private static CensusReport ReadCensus(WireFields f)
    {
        var hubs = f.Parts(3, h => KeyValuePair.Create(h.Needed(1), h.Count(2))).ToDictionary(StringComparer.Ordinal);
        return new CensusReport(f.Count(1), f.Count(2), hubs, f.Flag(4), f.Flag(5)) { Leaving = f.Flag(6) };
    }

    private static void Write(WireWriter w, ConnectionProtocol.Description d)
    {
        w.Part(1, d.Session, SessionCodec.Write);
        w.Text(2, d.State);
        w.Text(3, d.NextDeadline);
        w.Instant(4, d.NextDeadlineAt);
        w.Instant(5, d.SessionEndsAt);
        w.Part(6, d.Traffic, SessionCodec.Write);
    }

    private static ConnectionProtocol.Description ReadDescription(WireFields f) => new(
        f.NeededPart(1, SessionCodec.Read), f.Needed(2), f.Text(3), f.Instant(4), f.Instant(5), f.NeededPart(6, SessionCodec.ReadTraffic));
}

using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Connections;

/// <summary>How the facts of a session cross to other nodes, within the messages that hold them.</summary>
internal static class SessionCodec
{
    internal static void Write(WireWriter w, SessionInfo session)
    {
        w.Id(1, session.Id);
        w.Text(2, session.Node);
        w.Text(3, session.Hub);
        w.Text(4, session.UserId);
        w.Address(5, session.Address.Address);
        w.Flag(6, session.Address.IsShared);
        w.Text(7, session.Subprotocol);
        w.Instant(8, session.ConnectedAt);
    }

    internal static SessionInfo Read(WireFields f) => new(
        f.Id(1), f.Needed(2), f.Needed(3), f.Text(4), new ClientAddress(f.Address(5), f.Flag(6)), f.Text(7), f.Instant(8) ?? default);

    internal static void Write(WireWriter w, TrafficView traffic)
    {
        w.Instant(1, traffic.LastInboundAt);
        w.Instant(2, traffic.LastOutboundAt);
        w.Number(3, traffic.MessagesIn);
        w.Number(4, traffic.MessagesOut);
        w.Number(5, traffic.BytesIn);
        w.Number(6, traffic.BytesOut);
        w.Number(7, traffic.QueuedBytes);
        w.Number(8, traffic.QueuedMessages);
        w.Number(9, traffic.Dropped);
    }

    internal static TrafficView ReadTraffic(WireFields f) => new(
        f.Instant(1), f.Instant(2), f.Number(3), f.Number(4), f.Number(5), f.Number(6), f.Number(7), f.Count(8), f.Number(9));

    internal static void Write(WireWriter w, TokenFacts token)
    {
        w.Instant(1, token.ExpiresAt);
        w.Instant(2, token.IssuedAt);
        w.Text(3, token.TokenId);
    }

    internal static TokenFacts ReadToken(WireFields f) => new(f.Instant(1) ?? default, f.Instant(2) ?? default, f.Text(3));
}

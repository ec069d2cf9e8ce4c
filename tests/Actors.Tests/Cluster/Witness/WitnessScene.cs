using System.Net;
using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Cluster.Witness;

/// <summary>What the tests of witnesses have in common.</summary>
internal static class WitnessScene
{
    internal static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static SessionInfo Session(string node = "a", string? user = "ann", string? ip = null) => new(
        ConnectionId.New(node), $"box-{node}", "chat", user, new ClientAddress(IPAddress.Parse(ip ?? "203.0.113.7"), false), "json", Start);

    internal static MemberNode Member(string tag, string host = "one") =>
        new($"box-{tag}", tag, new Address("akka.tcp", "actorsockets", host, 4053), tag[0], MemberState.Up, true);

    internal static Membership Members(MemberNode self, params MemberNode[] others) => new(self, others);

    internal static EndingRecord Ended(SessionInfo session) =>
        new(session, EndingCatalogue.ClientClosed, 1000, "", null, CloseOutcome.Clean, Start, default);
}

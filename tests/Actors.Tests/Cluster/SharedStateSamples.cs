using System.Net;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Cluster.Witness;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Tests.Cluster;

/// <summary>The messages of user slots and registers, with something in every field.</summary>
internal static class SharedStateSamples
{
    private static readonly DateTimeOffset Then = new(2026, 2, 3, 4, 5, 6, 789, TimeSpan.Zero);
    private static readonly ConnectionId Id = new("k3f9qabc.AAECAwQFBgcICQoLDA0ODw");
    private static readonly UserKey User = new("chat", "änn/1");

    private static readonly RegisterEntry[] Entries =
    [
        new("ban:user:chat/ann", new Stamp(1767225600000, 3, "k3f9qabc"), "{}", Then), new("k", new Stamp(1, 0, "b"), null, DateTimeOffset.MaxValue), new("r", Stamp.None, "", Then),
    ];

    private static readonly RegisterDigest Digest = Register.Empty.Merge(Entries, DateTimeOffset.MinValue, out _).Digest;

    internal static IReadOnlyList<IClusterMessage> All { get; } =
    [
        new UserSlotProtocol.Claim("tag", Id, User, Then, 2), new UserSlotProtocol.Grant("tag", Id, User, 2), new UserSlotProtocol.Deny("tag", Id, 2, 5),
        new UserSlotProtocol.PassOn("tag", Id, User, true, true), new UserSlotProtocol.Ready("tag"), new UserSlotProtocol.Notice("tag", 1L << 50, Id, User, true, false), new UserSlotProtocol.Notice("tag", 2, Id, User, false, true),
        new UserSlotProtocol.SoFar("tag", 1L << 50), new UserSlotProtocol.Recount("tag", new BucketSet([1, 1022])), new UserSlotProtocol.Learn("tag", new BucketSet([0, 63, 64, 1023]), 1L << 50),
        new UserSlotProtocol.Holdings("tag", 7, 1, new BucketSet([5]), [new HeldSlot(Id, User, Then, HeldState.Passed), new HeldSlot(Id, User, Then, HeldState.Opening), new HeldSlot(Id, User, Then, HeldState.Excess)], 1L << 50),
        new UserSlotProtocol.Holdings("tag", 7, 0, null, [], 0),
        new WitnessProtocol.Told("tag", 1L << 50, 3, [new WitnessedSession(Id, "chat", "änn/1", new ClientAddress(IPAddress.Parse("2001:db8::7"), true), "json", Then, "stäte")], [Id]),
        new WitnessProtocol.Heard("tag", 1L << 50, 3), new WitnessProtocol.Anew("tag", 1L << 50), new WitnessProtocol.Elsewhere("tag", 1L << 50), new WitnessProtocol.Bereft("tag", "lost", 1L << 50),
        new WitnessProtocol.HaveMet("tag", 1L << 50, 3, [Id]), new WitnessProtocol.Met("tag", 1L << 50, 3, [Id]),
        new ReplicaProtocol.Entries("tag", "guard", Entries), new ReplicaProtocol.Question("tag", "guard", Digest), new ReplicaProtocol.Answer("tag", "guard", Digest),
    ];
}

using System.Runtime.Serialization;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Tests.Cluster;

/// <summary>What crosses between nodes comes back as it went, byte for byte and field for field.</summary>
public sealed class SharedStateCodecTests
{
    [Fact]
    public void Every_message_comes_back_as_it_went()
    {
        foreach (var sample in SharedStateSamples.All) Assert.Equal(Bytes(sample), Bytes(RoundTrip(sample)));

        var held = RoundTrip(SharedStateSamples.All.OfType<UserSlotProtocol.Holdings>().First());
        Assert.Equal(SharedStateSamples.All.OfType<UserSlotProtocol.Holdings>().First().Held, held.Held);
        Assert.Equal([5], held.Buckets!);
        Assert.Null(RoundTrip(SharedStateSamples.All.OfType<UserSlotProtocol.Holdings>().Last()).Buckets);
        Assert.All(SharedStateSamples.All.OfType<UserSlotProtocol.Claim>(), claim => Assert.Equal(claim, RoundTrip(claim)));
        Assert.All(SharedStateSamples.All.OfType<UserSlotProtocol.Notice>(), notice => Assert.Equal(notice, RoundTrip(notice)));
        Assert.All(SharedStateSamples.All.OfType<UserSlotProtocol.Learn>(), learn => Assert.Equal(learn, RoundTrip(learn)));
        Assert.All(SharedStateSamples.All.OfType<ReplicaProtocol.Entries>(), entries => Assert.Equal(entries.Written, RoundTrip(entries).Written));
        Assert.All(SharedStateSamples.All.OfType<ReplicaProtocol.Question>(), question => Assert.True(question.Digest.Same(RoundTrip(question).Digest)));
    }

    [Fact]
    public void A_set_of_buckets_or_a_digest_of_another_size_is_no_message()
    {
        var learn = new WireWriter();
        learn.Text(1, "tag");
        learn.Bytes(2, new byte[BucketSet.Bytes - 1]);
        Assert.Throws<SerializationException>(() => CodecTable.Default.Read("s.learn", learn.ToArray()));

        var question = new WireWriter();
        question.Text(1, "tag");
        question.Text(2, "guard");
        question.Bytes(3, new byte[8]);
        Assert.Throws<SerializationException>(() => CodecTable.Default.Read("r.ask", question.ToArray()));
    }

    private static T RoundTrip<T>(T message)
        where T : IClusterMessage => (T)CodecTable.Default.Read(CodecTable.Default.ManifestOf(message.GetType()), Bytes(message));

    private static byte[] Bytes(IClusterMessage message)
    {
        var writer = new WireWriter();
        CodecTable.Default.Write(writer, message);
        return writer.ToArray();
    }
}

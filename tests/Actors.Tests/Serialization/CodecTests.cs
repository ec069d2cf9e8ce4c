using System.Reflection;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Serialization;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Serialization;

public sealed class CodecTests
{
    private static readonly Assembly Actors = typeof(IClusterMessage).Assembly;

    [Fact]
    public void Every_message_that_crosses_has_a_codec_and_a_sample_and_is_sealed()
    {
        var messages = Actors.GetTypes().Where(t => t is { IsInterface: false, IsAbstract: false } && typeof(IClusterMessage).IsAssignableFrom(t)).ToList();

        Assert.Equal(Names(messages), Names(CodecTable.Default.Types));
        Assert.Equal(Names(messages), Names(Samples.All.Select(s => s.GetType()).Distinct()));
        Assert.All(messages, t => Assert.True(t.IsSealed, $"{t} is not sealed"));
        Assert.All(messages, t => Assert.False(typeof(INoSerializationVerificationNeeded).IsAssignableFrom(t), $"{t} says that it stays on the node"));
    }

    [Fact]
    public void Every_message_comes_back_as_it_went()
    {
        foreach (var sample in Samples.All)
        {
            var back = RoundTrip(sample);

            Assert.Equal(Dump.Of(sample), Dump.Of(back));
            Assert.Equal(Bytes(sample), Bytes(back));
        }
    }

    [Fact]
    public void A_publication_keeps_payload_and_origin()
    {
        var send = Samples.All.OfType<RouterProtocol.Send>().Single();

        var back = ((RouterProtocol.Send)RoundTrip(send)).Publication;

        Assert.Equal(send.Publication.Data.ToArray(), back.Data.ToArray());
        Assert.Equal((send.Publication.Type, send.Publication.Group, send.Publication.FromUserId, send.Publication.ExpiresAt), (back.Type, back.Group, back.FromUserId, back.ExpiresAt));
    }

    [Fact]
    public void Fields_of_a_newer_release_are_skipped()
    {
        foreach (var sample in Samples.All)
        {
            var writer = new WireWriter();
            CodecTable.Default.Write(writer, sample);
            writer.Text(1000, "from the future");
            writer.Number(1001, 5);
            writer.Real(1002, 0.5);

            var back = CodecTable.Default.Read(CodecTable.Default.ManifestOf(sample.GetType()), writer.ToArray());

            Assert.Equal(Bytes(sample), Bytes(back));
        }
    }

    private static IClusterMessage RoundTrip(IClusterMessage message) => CodecTable.Default.Read(CodecTable.Default.ManifestOf(message.GetType()), Bytes(message));

    private static byte[] Bytes(IClusterMessage message)
    {
        var writer = new WireWriter();
        CodecTable.Default.Write(writer, message);
        return writer.ToArray();
    }

    private static IEnumerable<string> Names(IEnumerable<Type> types) => types.Select(t => t.FullName!).Order(StringComparer.Ordinal);
}

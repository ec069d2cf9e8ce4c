using System.Text;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Clients;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Clients;

public sealed class JsonFrameReaderTests
{
    private static readonly string[] Frames =
    [
        """{"type":"joinGroup","group":"room","ackId":1}""",
        """{"type":"sendToGroup","group":"room","dataType":"json","data":{"x":[1,"\u00fc",null]},"noEcho":true,"ackId":2}""",
        """{"type":"sendToGroup","group":"room","dataType":"binary","data":"AQID","ttlSeconds":5}""",
        """{"type":"event","event":"chat","dataType":"text","data":"a\nb \ud83d\ude00"}""",
        """{"type":"sendToGroup","group":"g","stream":{"streamId":"s1","idleTimeoutMs":10}}""",
        """{"type":"invoke","invocationId":"1","target":"event","event":"sum","data":1}""",
        """{"type":"ping"}""",
    ];

    [Fact]
    public void Reads_every_member()
    {
        var frame = Read(Frames[1]);

        Assert.Equal((JsonFrameType.SendToGroup, "room", PayloadType.Json, true, 2UL), (frame.Type, frame.Group!, frame.DataType, frame.NoEcho, frame.AckId!.Value));
        Assert.Equal("""{"x":[1,"\u00fc",null]}""", Decode(frame, Frames[1]));
    }

    [Fact]
    public void Json_is_the_type_when_none_is_given() =>
        Assert.Equal("[ 1 ]", Decode(Read("""{"type":"event","event":"e","data":[ 1 ] }"""), """{"type":"event","event":"e","data":[ 1 ] }"""));

    [Theory]
    [InlineData("""{"data":"a\"\u00fc","dataType":"text","type":"event"}""", "a\"ü")]
    [InlineData("""{"type":"event","dataType":"binary","data":"aGk="}""", "hi")]
    [InlineData("""{"type":"event","dataType":"protobuf","data":""}""", "")]
    [InlineData("""{"type":"event","dataType":"json","data":"text"}""", "\"text\"")]
    [InlineData("""{"type":"event","dataType":"json","data":false}""", "false")]
    [InlineData("""{"type":"event","dataType":"json","data":null}""", null)]
    [InlineData("""{"type":"event","dataType":"json"}""", null)]
    [InlineData("""{"type":"event","dataType":"text","data":5}""", null)]
    [InlineData("""{"type":"event","dataType":"text"}""", null)]
    [InlineData("""{"type":"event","dataType":"binary","data":"a b"}""", null)]
    [InlineData("""{"type":"event","dataType":"binary","data":[1]}""", null)]
    public void Data_is_what_its_type_says_or_nothing(string message, string? expected) => Assert.Equal(expected, Decode(Read(message), message));

    [Theory]
    [InlineData("""{"TYPE":"JOINGROUP","Group":"room","ACKID":1}""", JsonFrameType.JoinGroup)]
    [InlineData("""{"type":"leaveGroup","unknown":{"type":"ping","deep":[{}]},"group":"room"}""", JsonFrameType.LeaveGroup)]
    [InlineData("""{"ty\u0070e":"p\u0069ng"}""", JsonFrameType.Ping)]
    [InlineData("""{"type":"ping","type":"event"}""", JsonFrameType.Event)]
    [InlineData("""{"type":"event","ackId":null,"group":null,"noEcho":null,"dataType":null}""", JsonFrameType.Event)]
    [InlineData("""{"type":"event","a-name-of-more-than-24-characters-is-none-of-ours":1}""", JsonFrameType.Event)]
    public void Case_order_escapes_and_unknown_members_do_not_matter(string message, object expected) => Assert.Equal(expected, Read(message).Type);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("""{"type":"ping"}{"type":"ping"}""")]
    [InlineData("""{"type":"ping"} x""")]
    [InlineData("""{"type":"ping",}""")]
    [InlineData("""{"type":"ping" /* */}""")]
    [InlineData("""{"type":"pong"}""")]
    [InlineData("""{"type":5}""")]
    [InlineData("""{"type":null}""")]
    [InlineData("""{"type":"joinGroup","group":5}""")]
    [InlineData("""{"type":"joinGroup","ackId":-1}""")]
    [InlineData("""{"type":"joinGroup","ackId":1.5}""")]
    [InlineData("""{"type":"joinGroup","ackId":18446744073709551616}""")]
    [InlineData("""{"type":"joinGroup","ackId":"1"}""")]
    [InlineData("""{"type":"event","event":{}}""")]
    [InlineData("""{"type":"event","dataType":"xml"}""")]
    [InlineData("""{"type":"event","noEcho":"yes"}""")]
    [InlineData("""{"type":"event","ttlSeconds":1e9}""")]
    [InlineData("""{"type":"event","ttlSeconds":99999999999}""")]
    [InlineData("""{"type":"joinGroup","group":"\ud800"}""")]
    [InlineData("""{"type":"event","data":{"a":}}""")]
    public void What_is_no_frame_is_answered_in_our_own_words(string message)
    {
        var problem = JsonFrameReader.Read(Encoding.UTF8.GetBytes(message), out _);

        Assert.NotNull(problem);
        Assert.EndsWith(".", problem);
    }

    [Theory]
    [InlineData(JsonFrameReader.MaxDepth - 1, true)]
    [InlineData(JsonFrameReader.MaxDepth, false)]
    [InlineData(400_000, false)]
    public void Depth_is_bounded(int lists, bool good)
    {
        var message = $$"""{"type":"event","event":"e","data":{{new string('[', lists)}}{{new string(']', lists)}}}""";
        Assert.Equal(good, JsonFrameReader.Read(Encoding.UTF8.GetBytes(message), out _) is null);
    }

    [Fact]
    public void Half_a_surrogate_pair_in_text_data_is_a_fault_and_no_exception()
    {
        const string message = """{"type":"event","event":"e","dataType":"text","data":"\ud800"}""";
        Assert.Null(Decode(Read(message), message));
    }

    [Fact]
    public void Whatever_the_bytes_are_there_is_an_answer_and_no_exception() =>
        Gen.Select(Gen.Int[0, Frames.Length - 1], Gen.Int[0, 200], Gen.Int[0, 200], Gen.Byte.Array[0, 6]).Sample((which, from, length, garbage) =>
        {
            var frame = Encoding.UTF8.GetBytes(Frames[which]);
            from = Math.Min(from, frame.Length);
            length = Math.Min(length, frame.Length - from);
            byte[] message = [.. frame.AsSpan(0, from), .. garbage, .. frame.AsSpan(from + length)];
            if (JsonFrameReader.Read(message, out var read) is null) read.Decode(message);
        });

    [Fact]
    public void Every_split_of_a_frame_is_no_frame()
    {
        foreach (var bytes in Frames.Select(Encoding.UTF8.GetBytes))
        {
            for (var i = 0; i < bytes.Length; i++)
            {
                Assert.NotNull(JsonFrameReader.Read(bytes.AsSpan(0, i), out _));
                if (i > 0) Assert.NotNull(JsonFrameReader.Read(bytes.AsSpan(i), out _));
            }
        }
    }

    private static JsonFrame Read(string message)
    {
        Assert.Null(JsonFrameReader.Read(Encoding.UTF8.GetBytes(message), out var frame));
        return frame;
    }

    private static string? Decode(JsonFrame frame, string message) =>
        frame.Decode(Encoding.UTF8.GetBytes(message)) is { } data ? Encoding.UTF8.GetString(data) : null;
}

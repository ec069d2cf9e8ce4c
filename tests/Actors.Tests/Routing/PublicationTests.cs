using System.Text;
using System.Text.Json;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using CsCheck;

namespace ActorSockets.Actors.Tests.Routing;

/// <summary>Frames byte for byte: clients' own tests compare them so.</summary>
public sealed class PublicationTests
{
    [Fact]
    public void Json_of_the_server_keeps_its_bytes() => Assert.Equal(
        """{"type":"message","from":"server","dataType":"json","data":{"message":"Hello world!"}}""",
        Json(new Publication(PayloadType.Json, """{"message":"Hello world!"}"""u8.ToArray())));

    [Fact]
    public void Json_is_not_made_over() => Assert.Equal(
        "{\"type\":\"message\",\"from\":\"server\",\"dataType\":\"json\",\"data\": { \"a\" : 1.0e+2 ,\n \"a\":\"\\u00fc\" } }",
        Json(new Publication(PayloadType.Json, " { \"a\" : 1.0e+2 ,\n \"a\":\"\\u00fc\" } "u8.ToArray())));

    [Fact]
    public void Text_of_the_server() => Assert.Equal(
        """{"type":"message","from":"server","dataType":"text","data":"Hi there!"}""",
        Json(new Publication(PayloadType.Text, "Hi there!"u8.ToArray())));

    [Fact]
    public void Text_is_escaped_only_where_json_demands_it() => Assert.Equal(
        "{\"type\":\"message\",\"from\":\"server\",\"dataType\":\"text\",\"data\":\"ü <&'> \\\"\\\\\\r\\n\\u0000 \\uD83D\\uDE00\"}",
        Json(new Publication(PayloadType.Text, Encoding.UTF8.GetBytes("ü <&'> \"\\\r\n\0 😀"))));

    [Theory]
    [InlineData(PayloadType.Binary, "binary")]
    [InlineData(PayloadType.Protobuf, "protobuf")]
    public void Binary_is_base64(PayloadType type, string name) => Assert.Equal(
        $$"""{"type":"message","from":"server","dataType":"{{name}}","data":"AQL/"}""", Json(new Publication(type, new byte[] { 1, 2, 255 })));

    [Fact]
    public void A_group_and_a_user_are_named_and_cannot_break_out() => Assert.Equal(
        """{"type":"message","from":"group","group":"ro\"om\r\n","fromUserId":"b\\ob","dataType":"text","data":"hi"}""",
        Json(new Publication(PayloadType.Text, "hi"u8.ToArray()) { Group = "ro\"om\r\n", FromUserId = "b\\ob" }));

    [Theory]
    [InlineData(PayloadType.Text, true)]
    [InlineData(PayloadType.Json, true)]
    [InlineData(PayloadType.Binary, false)]
    [InlineData(PayloadType.Protobuf, false)]
    public void Raw_clients_get_the_bytes_themselves(PayloadType type, bool isText)
    {
        var data = "{ \"a\": 1 }"u8.ToArray();
        var message = new Publication(type, data).For(DeliveryForm.Raw);
        Assert.Equal(isText, message.IsText);
        Assert.True(message.Payload.Equals(data.AsMemory()));
    }

    [Fact]
    public void Each_form_is_encoded_once_and_the_applications_message_is_itself()
    {
        var message = OutboundMessage.Text("x");
        var publication = Publication.Of(message, "room");
        Assert.Same(message, publication.For(DeliveryForm.Raw));
        Assert.Same(publication.For(DeliveryForm.Json), publication.For(DeliveryForm.Json));
    }

    [Fact]
    public void Whatever_is_said_can_be_read_again() =>
        Gen.Select(Gen.String, Gen.String, Gen.String, Gen.Byte.Array).Sample((group, user, text, bytes) =>
        {
            var said = Parse(new Publication(PayloadType.Text, Encoding.UTF8.GetBytes(text)) { Group = group, FromUserId = user });
            var binary = Parse(new Publication(PayloadType.Binary, bytes));
            return said.GetProperty("group").GetString() == Whole(group) && said.GetProperty("fromUserId").GetString() == Whole(user)
                && said.GetProperty("data").GetString() == Whole(text) && binary.GetProperty("data").GetBytesFromBase64().AsSpan().SequenceEqual(bytes);
        });

    [Fact]
    public void Text_that_is_not_utf8_is_mended() => Assert.Equal("a\uFFFDb", Parse(new Publication(PayloadType.Text, "a\xFFb"u8.ToArray()[..1].Concat(new byte[] { 0xFF, (byte)'b' }).ToArray())).GetProperty("data").GetString());

    /// <summary>Half a surrogate pair cannot be said in UTF-8.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static JsonElement Parse(Publication publication) => JsonDocument.Parse(Json(publication)).RootElement;

    private static string Json(Publication publication)
    {
        var message = publication.For(DeliveryForm.Json);
        Assert.True(message.IsText);
        return Encoding.UTF8.GetString(message.Payload.Span);
    }
}

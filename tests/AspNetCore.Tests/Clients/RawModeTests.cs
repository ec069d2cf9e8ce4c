using ActorSockets.Actors;
using ActorSockets.AspNetCore.Clients;
using Microsoft.AspNetCore.WebUtilities;

namespace ActorSockets.AspNetCore.Tests.Clients;

public sealed class RawModeTests
{
    [Theory]
    [InlineData("", null, false)]
    [InlineData("?webpubsub_mode=", null, false)]
    [InlineData("?webpubsub_mode=sendEvent&group=g", null, false)]
    [InlineData("?webpubsub_mode=sendToGroup&group=g", "g", false)]
    [InlineData("?webpubsub_mode=sendToGroup&group=a%20b%2Fc&noEcho=true", "a b/c", true)]
    [InlineData("?webpubsub_mode=sendToGroup&group=g&noEcho=", "g", false)]
    [InlineData("?webpubsub_mode=sendEvent&webpubsub_mode=sendToGroup&group=f&group=g", "g", false)]
    [InlineData("?group=g&noEcho=maybe", null, false)]
    public void The_query_says_what_messages_mean(string query, string? group, bool noEcho) =>
        Assert.Equal((new RawMode(group, noEcho), null), RawMode.Read(QueryHelpers.ParseQuery(query), "chat.v1"));

    [Theory]
    [InlineData("?webpubsub_mode=other", "webpubsub_mode")]
    [InlineData("?webpubsub_mode=sendToGroup&webpubsub_mode=x&group=g", "webpubsub_mode")]
    [InlineData("?webpubsub_mode=sendToGroup", "group")]
    [InlineData("?webpubsub_mode=sendToGroup&group=%20", "group")]
    [InlineData("?webpubsub_mode=sendToGroup&group=g&noEcho=1", "noEcho")]
    public void What_it_cannot_say_is_refused_by_name(string query, string named)
    {
        var (_, refusal) = RawMode.Read(QueryHelpers.ParseQuery(query), null);
        Assert.Equal(400, refusal!.Status);
        Assert.Contains(named, refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_of_the_json_protocol_has_no_mode() =>
        Assert.Equal((new RawMode(null, false), null), RawMode.Read(QueryHelpers.ParseQuery("?webpubsub_mode=other"), Compat.Json));
}

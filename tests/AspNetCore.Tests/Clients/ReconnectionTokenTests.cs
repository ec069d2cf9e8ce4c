using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Clients;
using ActorSockets.AspNetCore.Configuration;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Clients;

public sealed class ReconnectionTokenTests
{
    private const string First = "the-first-access-key-of-32-bytes-or-more";
    private const string Second = "the-second-access-key-of-32-bytes-or-more";

    private static readonly ConnectionId Id = new("n1.AAAAAAAAAAAAAAAAAAAAAA");

    [Fact]
    public void Is_good_on_every_node_with_one_of_the_keys_for_this_session_only()
    {
        var token = Node(First).Issue(Id, "chat");
        Assert.True(Node(First).IsGood(token, Id.Value, "chat"));
        Assert.True(Node(Second, First).IsGood(token, Id.Value, "chat"));
        Assert.False(Node(Second).IsGood(token, Id.Value, "chat"));
        Assert.False(Node().IsGood(token, Id.Value, "chat"));
        Assert.False(Node(First).IsGood(token, Id.Value, "news"));
        Assert.False(Node(First).IsGood(token, "n1.BAAAAAAAAAAAAAAAAAAAAA", "chat"));
    }

    [Fact]
    public void Without_a_key_it_is_good_on_its_own_node_only()
    {
        var node = Node();
        var token = node.Issue(Id, "chat");
        Assert.True(node.IsGood(token, Id.Value, "chat"));
        Assert.False(Node().IsGood(token, Id.Value, "chat"));
    }

    [Fact]
    public void Any_other_text_is_refused_and_nothing_throws()
    {
        var node = Node(First);
        var token = node.Issue(Id, "chat");
        Assert.NotEqual(token, node.Issue(Id, "chat"));
        Gen.Select(Gen.Int[0, token.Length - 1], Gen.Char[' ', '~']).Sample((at, c) =>
        {
            // The last character of base64 without padding may have bits that mean nothing; the library refuses those that are set.
            var changed = token[..at] + c + token[(at + 1)..];
            return changed == token || !node.IsGood(changed, Id.Value, "chat");
        });
        Gen.String.Sample(text => !node.IsGood(text, Id.Value, "chat"));
        Gen.Int[0, token.Length - 1].Sample(length => !node.IsGood(token[..length], Id.Value, "chat"));
    }

    private static ReconnectionTokens Node(params string[] keys) => new(new Live<ActorSocketsOptions>(new ActorSocketsOptions { AccessKeys = keys }));
}

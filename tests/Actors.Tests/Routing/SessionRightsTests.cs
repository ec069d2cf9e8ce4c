using ActorSockets.Actors.Routing;
using CsCheck;
using static ActorSockets.Actors.Routing.Permission;

namespace ActorSockets.Actors.Tests.Routing;

public sealed class SessionRightsTests
{
    [Theory]
    [InlineData("webpubsub.joinLeaveGroup", "a", true, false)]
    [InlineData("webpubsub.sendToGroup", "a", false, true)]
    [InlineData("webpubsub.joinLeaveGroup.a", "a", true, false)]
    [InlineData("webpubsub.joinLeaveGroup.a", "A", false, false)]
    [InlineData("webpubsub.sendToGroup.a.b.c", "a.b.c", false, true)]
    [InlineData("webpubsub.sendToGroup.a*", "ab", false, false)]
    [InlineData("webpubsub.sendToGroup.a*", "a*", false, true)]
    [InlineData("webpubsub.sendToGroups.a*", "ab", false, true)]
    [InlineData("webpubsub.joinLeaveGroups.**", "a.b", true, false)]
    [InlineData("webpubsub.joinLeaveGroups", "a", false, false)]
    [InlineData("webpubsub.joinLeaveGroups.", "a", false, false)]
    [InlineData("webpubsub.joinLeaveGroup.", "", false, false)]
    [InlineData("WebPubSub.sendToGroup", "a", false, false)]
    [InlineData("webpubsub.sendToGroupX", "X", false, false)]
    [InlineData("admin", "a", false, false)]
    public void A_role_allows_what_it_says_and_nothing_else(string role, string group, bool joins, bool sends)
    {
        var rights = SessionRights.Of([role]);

        Assert.Equal((joins, sends), (rights?.May(JoinLeaveGroup, group) ?? false, rights?.May(SendToGroup, group) ?? false));
    }

    [Fact]
    public void Roles_that_mean_nothing_cost_nothing() => Assert.Null(SessionRights.Of(["admin", "webpubsub.sendToGroups.\\"]));

    [Fact]
    public void What_was_said_of_one_group_wins_over_roles_and_concerns_only_it()
    {
        var rights = SessionRights.With(SessionRights.Of(["webpubsub.sendToGroup"]), SendToGroup, "secret", granted: false)!;
        rights = SessionRights.With(rights, JoinLeaveGroup, "room", granted: true)!;

        Assert.False(rights.May(SendToGroup, "secret"));
        Assert.True(rights.May(SendToGroup, "other"));
        Assert.True(rights.May(JoinLeaveGroup, "room"));
        Assert.False(rights.May(SendToGroup, "secret"));
        Assert.False(rights.May(JoinLeaveGroup, "secret"));
        Assert.True(SessionRights.With(rights, SendToGroup, "secret", granted: true)!.May(SendToGroup, "secret"));
    }

    [Fact]
    public void Granting_changes_a_copy()
    {
        var before = SessionRights.Of(["webpubsub.sendToGroup.a"]);
        Assert.True(SessionRights.With(before, SendToGroup, "b", granted: true)!.May(SendToGroup, "b"));
        Assert.False(before!.May(SendToGroup, "b"));
    }

    [Fact]
    public void Single_groups_are_bounded_but_can_always_be_said_again()
    {
        SessionRights? rights = null;
        for (var i = 0; i < SessionRights.MaxSingle; i++) rights = SessionRights.With(rights, SendToGroup, $"{i}", granted: true);

        Assert.Null(SessionRights.With(rights, SendToGroup, "one more", granted: true));
        Assert.False(SessionRights.With(rights, SendToGroup, "7", granted: false)!.May(SendToGroup, "7"));
    }

    [Fact]
    public void No_order_of_roles_makes_a_difference_and_more_roles_never_allow_less()
    {
        string[] known = ["webpubsub.sendToGroup.a", "webpubsub.joinLeaveGroup.a", "webpubsub.sendToGroups.a*", "webpubsub.joinLeaveGroup", "x"];
        Gen.Select(OneOf(known).Array[0, 6], OneOf(known), OneOf("a", "ab", "b")).Sample((roles, more, group) =>
            Enum.GetValues<Permission>().All(permission =>
            {
                var may = SessionRights.Of(roles)?.May(permission, group) ?? false;
                var reversed = SessionRights.Of([.. roles.Reverse()])?.May(permission, group) ?? false;
                var wider = SessionRights.Of([.. roles, more])?.May(permission, group) ?? false;
                return may == reversed && (!may || wider);
            }));
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}

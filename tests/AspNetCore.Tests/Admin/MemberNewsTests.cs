using ActorSockets.Actors.Cluster;
using ActorSockets.AspNetCore.Admin.Events;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Tests.Admin;

public sealed class MemberNewsTests
{
    private static readonly MemberNode Us = Member("box-a", 0) with { State = MemberState.Joining }, Other = Member("box-b", 2);

    [Fact]
    public void Tells_of_each_member_that_came_went_or_stands_otherwise()
    {
        var missed = Other with { Reachable = false };
        var gone = missed with { State = MemberState.Down };

        Assert.Equal(["up box-a", "joining box-b"], Between(new(Us, []), new(Up, [Other with { State = MemberState.Joining }])));
        Assert.Equal(["up box-b"], Between(new(Up, [Other with { State = MemberState.Joining }]), new(Up, [Other])));
        Assert.Equal(["missing box-b"], Between(new(Up, [Other]), new(Up, [missed])));
        Assert.Equal(["back box-b"], Between(new(Up, [missed]), new(Up, [Other])));
        Assert.Equal(["down box-b"], Between(new(Up, [missed]), new(Up, [gone])));
        Assert.Equal(["removed box-b"], Between(new(Up, [gone]), new(Up, [])));
    }

    [Fact]
    public void A_node_of_the_same_name_is_another_one() =>
        Assert.Equal(["removed box-b", "up box-b"], Between(new(Up, [Other]), new(Up, [Other with { Uid = 3 }])));

    [Fact]
    public void What_has_not_changed_is_no_news() => Assert.Empty(Between(new(Up, [Other]), new(Up, [Other])));

    private static MemberNode Up => Us with { Uid = 1, State = MemberState.Up };

    private static IEnumerable<string> Between(Membership before, Membership now) =>
        MemberNews.Of(new MembershipChanged(before, now)).Select(e => (MemberData)e.Data).Select(m => $"{m.What} {m.Node}");

    private static MemberNode Member(string node, long uid) => new(node, MemberNode.TagOf(node), new Address("akka.tcp", "actorsockets", "one", 4053), uid, MemberState.Up, true);
}

using ActorSockets.Actors.Cluster.Witness;
using ActorSockets.Actors.Connections;
using static ActorSockets.Actors.Tests.Cluster.Witness.WitnessScene;

namespace ActorSockets.Actors.Tests.Cluster.Witness;

public sealed class WardTests
{
    [Theory]
    [InlineData("203.0.113.7", "ann", "json", "state")]
    [InlineData("2001:db8:1:2:3:4:5:6", null, null, null)]
    public void A_session_comes_back_as_it_was_told(string ip, string? user, string? subprotocol, string? state)
    {
        var told = WitnessedSession.Of(Session("k3f9qabc", user, ip) with { Subprotocol = subprotocol }, state);
        var ward = new Ward("box-k3f9qabc", 1);

        Take(ward, [told]);

        Assert.True(ward.Holds(told.Id));
        Assert.Equal([told], ward.Give(10));
        Assert.Equal(0, ward.Count);
    }

    [Fact]
    public void A_session_that_another_node_made_keeps_its_name()
    {
        var (own, adopted) = (WitnessedSession.Of(Session("one"), null), WitnessedSession.Of(Session("two"), null));
        var ward = new Ward("box-one", 1);

        Take(ward, [own, adopted]);

        Assert.Equal([own, adopted], ward.Give(10));
    }

    [Fact]
    public void What_is_gone_and_what_is_no_name_of_ours_is_not_kept()
    {
        var session = WitnessedSession.Of(Session(), null);
        var ward = new Ward("box-a", 1);
        Take(ward, [session, session with { Id = new ConnectionId("none of ours") }, session with { Id = new ConnectionId($"a.{new string('!', 22)}") }]);
        Assert.Equal(1, ward.Count);

        ward.Take(new WitnessProtocol.Told("a", 1, ward.Next, [], [session.Id, new ConnectionId("none of ours")]));

        Assert.Equal(0, ward.Count);
    }

    [Fact]
    public void It_is_given_in_parts()
    {
        var ward = new Ward("box-a", 1);
        Take(ward, [.. Enumerable.Range(0, 25).Select(i => WitnessedSession.Of(Session(user: $"u{i}"), null))]);

        var given = new List<WitnessedSession>();
        while (ward.Count > 0) given.AddRange(ward.Give(10));

        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"u{i}").Order(), given.Select(g => g.UserId!).Order());
    }

    private static void Take(Ward ward, IReadOnlyList<WitnessedSession> held) => ward.Take(new WitnessProtocol.Told("a", 1, ward.Next, held, []));
}

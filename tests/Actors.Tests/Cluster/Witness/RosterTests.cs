using ActorSockets.Actors.Cluster.Witness;
using ActorSockets.Actors.Connections;
using CsCheck;
using static ActorSockets.Actors.Tests.Cluster.Witness.WitnessScene;

namespace ActorSockets.Actors.Tests.Cluster.Witness;

public sealed class RosterTests
{
    private readonly Roster _roster = new();

    [Fact]
    public void Who_begins_to_hear_hears_of_all_and_then_of_changes()
    {
        var (ann, ben) = (Session(), Session(user: "ben"));
        _roster.Put(ann);
        Assert.Equal(0, _roster.Untold);

        _roster.BeginTelling();
        Assert.Equal([WitnessedSession.Of(ann, null)], Take().Held);

        _roster.Put(ben);
        _roster.Remove(ann.Id);
        var (held, gone) = Take();
        Assert.Equal([WitnessedSession.Of(ben, null)], held);
        Assert.Equal([ann.Id], gone);
        Assert.Equal((0, 1), (_roster.Untold, _roster.Count));

        _roster.EndTelling();
        _roster.Remove(ben.Id);
        Assert.Equal(0, _roster.Untold);
    }

    [Fact]
    public void What_is_kept_for_a_session_is_told_also_when_it_came_before_the_session()
    {
        var session = Session();
        _roster.BeginTelling();
        _roster.Keep(session.Id, "early");
        _roster.Put(session);
        Assert.Equal("early", Assert.Single(Take().Held).State);

        _roster.Keep(session.Id, "early");
        Assert.Equal(0, _roster.Untold);
        _roster.Keep(session.Id, "later");
        Assert.Equal("later", Assert.Single(Take().Held).State);
        _roster.Update(session with { Address = Session(ip: "203.0.113.8").Address });
        Assert.Equal("later", Assert.Single(Take().Held).State);
        _roster.Keep(session.Id, null);
        Assert.Null(Assert.Single(Take().Held).State);
    }

    [Fact]
    public void What_is_kept_for_a_session_that_is_gone_is_forgotten()
    {
        var session = Session();
        _roster.BeginTelling();
        _roster.Keep(session.Id, "late");
        _roster.Age();
        _roster.Age();
        _roster.Put(session);

        Assert.Null(Assert.Single(Take().Held).State);
        _roster.Update(Session(user: "unknown"));
        Assert.Equal(1, _roster.Count);
    }

    [Fact]
    public void Who_ended_here_and_came_from_another_node_is_remembered_for_a_while()
    {
        var (adopted, opened) = (Session("b"), Session());
        _roster.Adopt(adopted);
        _roster.Put(opened);
        _roster.Put(adopted);
        Assert.True(_roster.HasMet(adopted.Id));

        _roster.End(adopted.Id, withItsNode: false);
        _roster.End(opened.Id, withItsNode: false);
        Assert.False(_roster.HasMet(opened.Id));
        _roster.Age();
        Assert.True(_roster.HasMet(adopted.Id));
        _roster.Age();
        Assert.False(_roster.HasMet(adopted.Id));
    }

    [Fact]
    public void Only_who_was_never_heard_of_is_unknown_to_the_one_who_is_told()
    {
        var (ann, ben) = (Session(), Session(user: "ben"));
        _roster.Put(ann);
        _roster.BeginTelling();
        var part = Take().Held;
        Assert.Equal([ann.Id], _roster.Unheard);

        _roster.Heard(part);
        _roster.Keep(ann.Id, "state");
        _roster.Put(ben);
        Assert.Equal([ben.Id], _roster.Unheard);

        _roster.EndTelling();
        Assert.Equal([ben.Id], _roster.Unheard);
        _roster.BeginTelling();
        Assert.Equal(2, _roster.Unheard.Count());
    }

    [Fact]
    public void A_part_is_bounded_in_lines_and_bytes()
    {
        for (var i = 0; i < 100; i++) _roster.Put(Session(user: new string('x', 1000)));
        _roster.BeginTelling();

        Assert.Equal(7, _roster.Take(7, int.MaxValue).Held.Count);
        Assert.InRange(_roster.Take(100, 10_000).Held.Count, 2, 10);
        Assert.Single(_roster.Take(100, 1).Held);
    }

    [Fact]
    public void Ends_that_nobody_hears_of_are_not_kept_for_ever()
    {
        _roster.BeginTelling();
        for (var i = 0; i <= Roster.MostGone; i++)
        {
            var session = Session();
            _roster.Put(session);
            _roster.Remove(session.Id);
        }

        Assert.True(_roster.IsBehind);
        _roster.BeginTelling();
        Assert.False(_roster.IsBehind);
        Assert.Equal(0, _roster.Untold);
    }

    /// <summary>Whatever happens in which order, in parts of whatever size: who has heard all parts knows what is there.</summary>
    [Fact]
    public void Who_heard_everything_knows_everything() => Gen.Select(Gen.Int[0, 7], Gen.Int[0, 4], Gen.Int[1, 3]).List[0, 60].Sample(steps =>
    {
        var sessions = Enumerable.Range(0, 8).Select(i => Session(user: $"u{i}")).ToList();
        var roster = new Roster();
        var ward = new Ward("box-a", 1);
        var truth = new Dictionary<ConnectionId, string?>();
        roster.BeginTelling();
        foreach (var (who, what, size) in steps)
        {
            var session = sessions[who];
            switch (what)
            {
                case 0:
                    roster.Put(session);
                    truth.TryAdd(session.Id, null);
                    break;
                case 1:
                    roster.End(session.Id, withItsNode: false);
                    truth.Remove(session.Id);
                    break;
                case 2 when truth.ContainsKey(session.Id):
                    roster.Keep(session.Id, $"s{size}");
                    truth[session.Id] = $"s{size}";
                    break;
                default:
                    Hear(roster, ward, size);
                    break;
            }
        }

        while (roster.Untold > 0) Hear(roster, ward, 3);
        Assert.Equal(truth.Count, ward.Count);
        var known = ward.Give(100);
        Assert.Equal(truth.OrderBy(t => t.Key), known.Select(k => KeyValuePair.Create(k.Id, k.State)).OrderBy(k => k.Key));
    });

    private static void Hear(Roster roster, Ward ward, int size)
    {
        var (held, gone) = roster.Take(size, int.MaxValue);
        ward.Take(new WitnessProtocol.Told("a", 1, ward.Next, held, gone));
    }

    private (IReadOnlyList<WitnessedSession> Held, IReadOnlyList<ConnectionId> Gone) Take() => _roster.Take(100, int.MaxValue);
}

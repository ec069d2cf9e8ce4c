using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Tests.Routing;
using CsCheck;

namespace ActorSockets.Actors.Tests.Drains;

public sealed class DrainBookTests
{
    [Fact]
    public void Everybody_is_counted_exactly_once_whatever_happens_in_whatever_order()
    {
        Gen.Select(Gen.Int[1, 40], Gen.Select(Gen.Int[0, 50], Gen.Int[0, 8]).Array[0, 200]).Sample((count, steps) =>
        {
            var book = new DrainBook("mine");
            var members = Enumerable.Range(0, count).Select(i => new DrainMember(new ConnectionId($"c{i}"), new ListeningTransport(), RoutingScene.Now)).ToList();
            foreach (var member in members) book.Add(member);
            foreach (var (who, what) in steps)
            {
                var member = who < count ? members[who] : new DrainMember(new ConnectionId("stranger"), new ListeningTransport(), RoutingScene.Now);
                switch (what)
                {
                    case 0: if (who < count) book.Turn(member, MemberState.Told); break;
                    case 1: if (who < count) book.Turn(member, MemberState.Cut); break;
                    case 2: book.Gone(member.Id, Record(member.Id, "mine", CloseOutcome.Clean)); break;
                    case 3: book.Gone(member.Id, Record(member.Id, "other", CloseOutcome.Clean)); break;
                    case 4: book.Gone(member.Id, Record(member.Id, "mine", CloseOutcome.Aborted)); break;
                    case 5: book.Gone(member.Id, null); break;
                    case 6: book.Gone(member.Id, Record(member.Id, "mine", CloseOutcome.Clean) with { Fate = TransportFate.Moved }); break;
                    case 7: book.GoneBefore(member.Id); break;
                    default: if (who < count) book.Add(member); break;
                }

                Assert.Equal(book.Total, book.Remaining + book.Closing + book.Clean + book.Aborted + book.Overdue + book.Moved + book.Left);
                Assert.Equal(book.Here.Count, book.Remaining + book.Closing);
            }

            book.WriteOff();
            Assert.Equal(book.Total, book.Clean + book.Aborted + book.Overdue + book.Moved + book.Left);
        });
    }

    [Theory]
    [InlineData(CloseOutcome.Clean, "clean")]
    [InlineData(CloseOutcome.Unanswered, "aborted")]
    [InlineData(CloseOutcome.Aborted, "aborted")]
    [InlineData(CloseOutcome.Lost, "aborted")]
    public void What_it_told_to_go_counts_by_how_it_went(CloseOutcome outcome, string counted)
    {
        var (book, member) = One();
        book.Turn(member, MemberState.Told);

        Assert.Equal(MemberState.Told, book.Gone(member.Id, Record(member.Id, "mine", outcome)));

        Assert.Equal((counted == "clean" ? 1 : 0, counted == "aborted" ? 1 : 0, 0, 0), (book.Clean, book.Aborted, book.Overdue, book.Left));
    }

    [Fact]
    public void A_session_that_lives_on_was_moved_unless_it_had_to_be_cut()
    {
        var (book, member) = One();
        book.Turn(member, MemberState.Told);
        book.Gone(member.Id, Record(member.Id, "mine", CloseOutcome.Unanswered) with { Fate = TransportFate.Moved });
        Assert.Equal((1, 0, 0), (book.Moved, book.Aborted, book.Overdue));

        (book, member) = One();
        book.Turn(member, MemberState.Cut);
        book.Gone(member.Id, Record(member.Id, "mine", CloseOutcome.Aborted) with { Fate = TransportFate.Moved });
        Assert.Equal((0, 1), (book.Moved, book.Overdue));

        (book, member) = One();
        book.GoneBefore(member.Id);
        Assert.Equal((1, true), (book.Moved, book.IsEmpty));
    }

    [Fact]
    public void What_another_cause_ended_first_has_left()
    {
        var (book, member) = One();
        book.Turn(member, MemberState.Told);

        Assert.Equal(MemberState.Told, book.Gone(member.Id, Record(member.Id, null, CloseOutcome.Clean)));
        Assert.Null(book.Gone(member.Id, Record(member.Id, null, CloseOutcome.Clean)));

        Assert.Equal(1, book.Left);
    }

    [Fact]
    public void What_was_cut_before_its_turn_is_overdue()
    {
        var (book, member) = One();
        book.Turn(member, MemberState.Cut);

        Assert.Equal(MemberState.Cut, book.Gone(member.Id, Record(member.Id, "mine", CloseOutcome.Aborted)));

        Assert.Equal(1, book.Overdue);
    }

    private static (DrainBook Book, DrainMember Member) One()
    {
        var book = new DrainBook("mine");
        var member = new DrainMember(new ConnectionId("c"), new ListeningTransport(), RoutingScene.Now);
        book.Add(member);
        return (book, member);
    }

    private static EndingRecord Record(ConnectionId id, string? drain, CloseOutcome outcome) =>
        new(RoutingScene.Session(id.Value), EndingCatalogue.MaintenanceDrain, 1012, "", null, outcome, RoutingScene.Now, default) { Drain = drain };
}

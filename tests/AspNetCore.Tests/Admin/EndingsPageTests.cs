using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Admin.Reading;

namespace ActorSockets.AspNetCore.Tests.Admin;

public sealed class EndingsPageTests
{
    [Fact]
    public void Pages_over_several_nodes_show_each_ending_once_also_when_more_come_meanwhile()
    {
        var (a, b) = (new EndingHistory(100), new EndingHistory(100));
        for (var i = 0; i < 10; i++) (i % 3 == 0 ? a : b).Add(Ended(i));

        var seen = new List<DateTimeOffset>();
        var cursor = EndingsCursor.Start;
        for (var page = 0; cursor is not null; page++)
        {
            var question = new HistoryProtocol.Query { Limit = 3 };
            var merged = EndingsPage.Merge([("a", a.Find(question with { Before = cursor.Of("a") })), ("b", b.Find(question with { Before = cursor.Of("b") }))], cursor, 3);
            seen.AddRange(merged.Records.Select(r => r.EndedAt));
            cursor = merged.Next is null ? null : EndingsCursor.Parse(merged.Next.ToString());
            a.Add(Ended(100 + page));
            b.Add(Ended(200 + page));
        }

        Assert.Equal(Enumerable.Range(0, 10).Reverse().Select(i => Samples.Now.AddSeconds(i)), seen);
    }

    [Fact]
    public void A_node_that_was_silent_for_a_page_goes_on_where_it_was()
    {
        var (a, b) = (new EndingHistory(100), new EndingHistory(100));
        for (var i = 0; i < 12; i++) (i % 2 == 0 ? a : b).Add(Ended(i));
        (string, HistoryProtocol.Found) Ask(string tag, EndingHistory history, EndingsCursor cursor) =>
            (tag, history.Find(new HistoryProtocol.Query { Limit = 4, Before = cursor.Of(tag) }));

        var first = EndingsPage.Merge([Ask("a", a, EndingsCursor.Start), Ask("b", b, EndingsCursor.Start)], EndingsCursor.Start, 4);
        var second = EndingsPage.Merge([Ask("a", a, first.Next!)], first.Next!, 2);
        var third = EndingsPage.Merge([Ask("a", a, second.Next!), Ask("b", b, second.Next!)], second.Next!, 20);

        var seen = first.Records.Concat(second.Records).Concat(third.Records).Select(r => r.EndedAt).ToList();
        Assert.Equal(12, seen.Distinct().Count());
        Assert.Equal(12, seen.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a=")]
    [InlineData("a=-1")]
    [InlineData("=1")]
    [InlineData("a=1,")]
    public void What_is_no_cursor_is_none(string text) => Assert.Null(EndingsCursor.Parse(text));

    private static EndingRecord Ended(int second) => Samples.Ended() with { EndedAt = Samples.Now.AddSeconds(second) };
}

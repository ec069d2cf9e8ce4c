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

using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using CsCheck;

namespace ActorSockets.Actors.Tests.Endings;

public sealed class EndingHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Answers_newest_first() =>
        Assert.Equal(["c2", "c1", "c0"], Ids(Filled(3).Find(new HistoryProtocol.Query())));

    [Fact]
    public void Forgets_the_oldest_when_it_is_full()
    {
        var found = Filled(25, capacity: 10).Find(new HistoryProtocol.Query());
        Assert.Equal(Enumerable.Range(15, 10).Reverse().Select(i => $"c{i}"), Ids(found));
        Assert.Equal(10, found.Total);
        Assert.Null(found.Next);
    }

    [Fact]
    public void A_capacity_of_0_remembers_nothing() => Assert.Empty(Filled(3, capacity: 0).Find(new HistoryProtocol.Query()).Records);

    [Fact]
    public void All_given_conditions_must_match()
    {
        var history = Filled(20);
        Assert.Equal(["c7"], Ids(history.Find(new HistoryProtocol.Query { Connection = "c7" })));
        Assert.Equal(["c18", "c16", "c14", "c12", "c10", "c8", "c6", "c4", "c2", "c0"], Ids(history.Find(new HistoryProtocol.Query { Hub = "even" })));
        Assert.Equal(["c13", "c3"], Ids(history.Find(new HistoryProtocol.Query { Hub = "odd", User = "u3" })));
        Assert.Equal(["c5"], Ids(history.Find(new HistoryProtocol.Query { Ip = IPNetwork.Parse("10.0.0.5/32") })));
        Assert.Equal(["c5"], Ids(history.Find(new HistoryProtocol.Query { Ip = IPNetwork.Parse("::ffff:10.0.0.5/128") })));
        Assert.Equal(["c18", "c9", "c0"], Ids(history.Find(new HistoryProtocol.Query { Ending = "shutdown" })));
        Assert.Equal(["c19", "c18"], Ids(history.Find(new HistoryProtocol.Query { Since = Start.AddSeconds(18) })));
    }

    [Fact]
    public void Paging_shows_every_match_once_also_while_more_arrive() => Gen.Select(Gen.Int[0, 60], Gen.Int[1, 10], Gen.Int[0, 3]).Sample((count, size, arriving) =>
    {
        var history = Filled(count, capacity: 1000);
        var seen = new List<string>();
        var query = new HistoryProtocol.Query { Hub = "even", Limit = size };
        while (true)
        {
            var found = history.Find(query);
            seen.AddRange(Ids(found));
            Assert.True(found.Records.Count <= size);
            if (found.Next is null) break;
            for (var i = 0; i < arriving; i++) history.Add(Record(100_000 + i));
            query = query with { Before = found.Next };
        }

        Assert.Equal(Enumerable.Range(0, count).Reverse().Where(i => i % 2 == 0).Select(i => $"c{i}"), seen);
    });

    [Fact]
    public void The_end_of_a_node_does_not_wash_away_why_single_clients_were_disconnected()
    {
        var history = new EndingHistory(10);
        for (var i = 0; i < 8; i++) history.Add(Record(i));
        for (var i = 100; i < 200; i++) history.Add(Record(i) with { Drain = "d" });
        for (var i = 200; i < 300; i++) history.Add(Record(i) with { Ending = EndingCatalogue.NodeLost });
        history.Add(Record(8));

        Assert.Equal(
            ["c8", .. Enumerable.Range(290, 10).Reverse().Select(i => $"c{i}"), .. Enumerable.Range(190, 10).Reverse().Select(i => $"c{i}"), .. Enumerable.Range(0, 8).Reverse().Select(i => $"c{i}")],
            Ids(history.Find(new HistoryProtocol.Query())));
        Assert.Equal(10, history.Find(new HistoryProtocol.Query { Drain = "d" }).Total);
        Assert.Equal(10, history.Find(new HistoryProtocol.Query { Ending = "node-lost" }).Total);
        Assert.Equal(0, history.Find(new HistoryProtocol.Query { Drain = "other" }).Total);
    }

    private static IEnumerable<string> Ids(HistoryProtocol.Found found) => found.Records.Select(r => r.Session.Id.Value);

    private static EndingHistory Filled(int count, int capacity = 100)
    {
        var history = new EndingHistory(capacity);
        for (var i = 0; i < count; i++) history.Add(Record(i));
        return history;
    }

    internal static EndingRecord Record(int i)
    {
        var address = new ClientAddress(new IPAddress([10, 0, 0, (byte)i]), false);
        var session = new SessionInfo(new ConnectionId($"c{i}"), "n", i % 2 == 0 ? "even" : "odd", $"u{i % 10}", address, null, Start);
        var ending = i % 9 == 0 ? EndingCatalogue.Shutdown : EndingCatalogue.ServerClosed;
        return new EndingRecord(session, ending, 1000, ending.Id, null, CloseOutcome.Clean, Start.AddSeconds(i), default);
    }
}

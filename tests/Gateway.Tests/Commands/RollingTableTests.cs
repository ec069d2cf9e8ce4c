using System.Text.Json.Nodes;
using ActorSockets.Gateway.Commands;

namespace ActorSockets.Gateway.Tests.Commands;

public sealed class RollingTableTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Who_waits_is_counted_back_from_the_end()
    {
        Show("""
            {"plan":{"startsAt":"2026-01-31T12:00:00Z","endsAt":"2026-01-31T12:03:00Z"},"nodes":[
              {"node":"a","state":"waiting","connections":5,"plan":null,"progress":null,"note":null},
              {"node":"b","state":"waiting","connections":6,"plan":null,"progress":null,"note":null},
              {"node":"c","state":"waiting","connections":7,"plan":null,"progress":null,"note":null}]}
            """);

        Assert.Equal(
            [
                "order node state sessions gone from until",
                "1 a waiting 5 - 12:00:00Z 12:01:00Z",
                "2 b waiting 6 - 12:01:00Z 12:02:00Z",
                "3 c waiting 7 - 12:02:00Z 12:03:00Z",
            ],
            Lines());
    }

    [Fact]
    public void Who_was_drained_has_the_times_that_it_took_and_who_was_skipped_says_why()
    {
        Show("""
            {"plan":{"startsAt":"2026-01-31T23:58:00Z","endsAt":"2026-02-01T00:01:00Z"},"nodes":[
              {"node":"a","state":"done","connections":5,"plan":{"connections":4,"startsAt":"2026-01-31T23:58:00Z","endsAt":"2026-01-31T23:59:00Z"},"progress":{"clean":3,"left":1,"elapsed":"00:00:30.5"},"note":null},
              {"node":"b","state":"skipped","connections":6,"plan":null,"progress":null,"note":"it left"},
              {"node":"c","state":"draining","connections":7,"plan":{"connections":8,"startsAt":"2026-01-31T23:59:00Z","endsAt":"2026-01-31T23:59:50Z"},"progress":{"clean":2,"closing":1,"elapsed":"00:00:10"},"note":null},
              {"node":"d","state":"waiting","connections":9,"plan":null,"progress":null,"note":null}]}
            """);

        Assert.Equal(
            [
                "order node state sessions gone from until note",
                "1 a done 4 4 23:58:00Z 23:58:30Z -",
                "2 b skipped 6 - - - it left",
                "3 c draining 8 2 23:59:00Z 23:59:50Z -",
                "4 d waiting 9 - 2026-02-01T00:00:00Z 2026-02-01T00:01:00Z -",
            ],
            Lines());
    }

    [Fact]
    public void A_node_was_drained_until_its_drain_was_over_however_long_that_was_paused_and_who_waits_is_as_in_the_dry_run()
    {
        Show("""
            {"plan":{"startsAt":"2026-01-31T12:00:00Z","endsAt":"2026-01-31T13:06:00Z"},"nodes":[
              {"node":"a","state":"settling","connections":5,"plan":{"connections":5,"startsAt":"2026-01-31T12:00:00Z","endsAt":"2026-01-31T13:01:00Z"},"progress":{"clean":5,"elapsed":"00:00:50"},"endedAt":"2026-01-31T13:00:50Z","note":null},
              {"node":"b","state":"waiting","connections":6,"plan":{"connections":6,"startsAt":"2026-01-31T13:03:00Z","endsAt":"2026-01-31T13:04:00Z"},"progress":null,"endedAt":null,"note":null}]}
            """);

        Assert.Equal(["1 a settling 5 5 12:00:00Z 13:00:50Z", "2 b waiting 6 - 13:03:00Z 13:04:00Z"], Lines()[1..]);
    }

    [Fact]
    public void A_dry_run_has_a_plan_for_each()
    {
        Show("""
            {"plan":{"startsAt":"2026-01-31T12:00:00Z","endsAt":"2026-01-31T12:03:00Z"},"nodes":[
              {"node":"a","connections":5,"plan":{"connections":5,"startsAt":"2026-01-31T12:00:00Z","endsAt":"2026-01-31T12:01:00Z"}},
              {"node":"b","connections":0,"plan":{"connections":0,"startsAt":"2026-01-31T12:01:30Z","endsAt":"2026-01-31T12:02:30Z"}}]}
            """);

        Assert.Equal(["1 a planned 5 - 12:00:00Z 12:01:00Z", "2 b planned 0 - 12:01:30Z 12:02:30Z"], Lines()[1..]);
    }

    [Fact]
    public void Other_drains_have_no_table()
    {
        Show("""{"plan":{"connections":5}}""");

        Assert.Empty(_output.ToString());
    }

    private void Show(string drain) => RollingTable.Show(new Screen(_output, _output, terminal: false, asJson: false), JsonNode.Parse(drain)!.AsObject());

    private string[] Lines() => _output.ToString().Replace('\t', ' ').Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}

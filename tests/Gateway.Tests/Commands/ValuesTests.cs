using System.CommandLine;
using System.Text.Json.Nodes;
using ActorSockets.Gateway.Commands;

namespace ActorSockets.Gateway.Tests.Commands;

public class ValuesTests
{
    [Theory]
    [InlineData("""{"select":{"hub":"chat","idleFor":"00:05:00"},"keep":null}""", "hub=chat idleFor=00:05:00")]
    [InlineData("""{"select":{"node":"self"},"keep":5}""", "node=self, all but 5")]
    public void A_drain_says_whom_it_means_and_how_many_of_them_stay(string drain, string text) =>
        Assert.Equal(text, DrainText.Selected(JsonNode.Parse(drain)!.AsObject()));

    [Fact]
    public void A_rolling_drain_counts_who_was_drained_and_not_who_was_skipped()
    {
        var drain = JsonNode.Parse("""
            {"id":"d","state":"cancelled","rolling":true,"endedAt":"2026-01-31T12:00:00Z","plan":{"perSecond":0},"progress":{"total":9,"clean":5,"remaining":4,"elapsed":"00:00:07"},
             "nodes":[{"node":"a","state":"done"},{"node":"b","state":"skipped"},{"node":"c","state":"skipped"}]}
            """)!.AsObject();

        Assert.StartsWith("Drain d cancelled after 00:00:07: 1 of 3 nodes, 2 skipped; 5 of 9 connections gone", DrainText.Result(drain), StringComparison.Ordinal);
        Assert.True(DrainText.IsOver(drain));
        drain["endedAt"] = null;
        Assert.False(DrainText.IsOver(drain));
    }

    [Theory]
    [InlineData("running", 12, "12 (closes fewer than at an even pace", true)]
    [InlineData("running", -3, "-3 (ahead of an even pace", false)]
    [InlineData("running", 0, null, false)]
    [InlineData("completed", 12, null, false)]
    public void Being_behind_is_explained_where_it_is_shown(string state, int behind, string? words, bool inProgress)
    {
        var drain = new JsonObject { ["state"] = state, ["plan"] = new JsonObject { ["perSecond"] = 1 }, ["progress"] = new JsonObject { ["behind"] = behind } };

        if (words is null) Assert.Null(DrainText.BehindInWords(drain));
        else Assert.StartsWith(words, DrainText.BehindInWords(drain), StringComparison.Ordinal);
        Assert.Equal(inProgress, DrainText.Progress(drain).Contains(", 12 behind,", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("500ms", "00:00:00.5")]
    [InlineData("90s", "00:01:30")]
    [InlineData("5m", "00:05:00")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("2d", "2.00:00:00")]
    [InlineData("1.5h", "01:30:00")]
    [InlineData("1d2h3m4s5ms", "1.02:03:04.005")]
    [InlineData("0s", "00:00:00")]
    [InlineData("00:05:00", "00:05:00")]
    [InlineData("1.00:00:00.25", "1.00:00:00.25")]
    public void Durations_are_read_in_both_forms(string text, string forApi)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(forApi, DurationText.ForApi(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("5 m")]
    [InlineData("5m1h")]
    [InlineData("5M")]
    [InlineData("1:00")]
    [InlineData("999999999d")]
    [InlineData("٥m")]
    public void Nothing_else_is_a_duration(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void Moments_are_times_or_distances_from_now()
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        Assert.True(InstantText.TryParse("2026-03-01T13:00:00+01:00", now, false, out var named));
        Assert.True(InstantText.TryParse("10m", now, false, out var later));
        Assert.True(InstantText.TryParse("10m", now, true, out var earlier));
        Assert.False(InstantText.TryParse("2026-03-01T13:00:00", now, false, out _));

        Assert.Equal((now, now.AddMinutes(10), now.AddMinutes(-10)), (named, later, earlier));
    }

    [Theory]
    [InlineData("""{"hub":"chat","user":"a=b"}""", "hub=chat", "user=a=b")]
    [InlineData("""{"idleFor":"00:05:00","olderThan":"1.00:00:00"}""", "idle-for=5m", "olderThan=1d")]
    [InlineData("""{"connection":["a","b","c"]}""", "connection=a,b", "connection=c")]
    [InlineData("""{"all":true}""", "all")]
    public void A_selection_is_the_object_of_the_api(string json, params string[] conditions)
    {
        var select = Selection.Option("", orAll: true);
        var command = new Command("x") { select };

        var arguments = command.Parse(["x", .. conditions.SelectMany(c => new[] { "--select", c })]);

        Assert.Empty(arguments.Errors);
        Assert.Equal(json, arguments.GetValue(select)!.AsJson().ToJsonString());
    }

    [Theory]
    [InlineData("idleFor=00:10:00", "--idle-for", "10m")]
    [InlineData("user=a=b", "--user", "a=b")]
    [InlineData("connection=a&connection=b&connection=c", "--connection", "a,b", "--connection", "c")]
    public void A_condition_may_be_an_option_of_its_own(string query, params string[] args)
    {
        var option = Assert.Single(Selection.Options(), o => o.Name == args[0]);
        var command = new Command("x") { option };

        var arguments = command.Parse(["x", .. args]);

        Assert.Empty(arguments.Errors);
        Assert.Equal(query, string.Join('&', arguments.GetValue(option)!.AsQuery().Select(q => $"{q.Item1}={q.Item2}")));
    }

    [Fact]
    public void Settings_become_nested_objects()
    {
        var body = LimitsCommand.Body(["Limits:MaxConnections=5", "Limits:WhenFull=CloseIdlest", "Hubs:chat:Timers:Idle=00:01:00", "Security:DenyIps=[\"203.0.113.0/24\"]", "Drain:PodGracePeriod=null"]);

        Assert.Equal(
            """{"Limits":{"MaxConnections":5,"WhenFull":"CloseIdlest"},"Hubs":{"chat":{"Timers":{"Idle":"00:01:00"}}},"Security":{"DenyIps":["203.0.113.0/24"]},"Drain":{"PodGracePeriod":null}}""",
            body.ToJsonString());
    }

    [Theory]
    [InlineData("stands here twice", "Limits:MaxConnections=5", "Limits:MaxConnections=6")]
    [InlineData("contradicts", "Limits=5", "Limits:MaxConnections=6")]
    [InlineData("must be key=value", "Limits::MaxConnections=6")]
    public void Settings_that_contradict_each_other_are_refused(string fault, params string[] settings) =>
        Assert.Contains(fault, Assert.Throws<CommandFault>(() => LimitsCommand.Body(settings)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(HttpStatus.BadRequest, ExitCodes.Misconfigured)]
    [InlineData(HttpStatus.Unauthorized, ExitCodes.NotAllowed)]
    [InlineData(HttpStatus.Forbidden, ExitCodes.NotAllowed)]
    [InlineData(HttpStatus.NotFound, ExitCodes.NotFound)]
    [InlineData(HttpStatus.Conflict, ExitCodes.Conflict)]
    [InlineData(HttpStatus.Unprocessable, ExitCodes.Misconfigured)]
    [InlineData(HttpStatus.Unavailable, ExitCodes.Unreachable)]
    [InlineData(HttpStatus.ServerError, ExitCodes.Failed)]
    public void An_answer_that_is_no_success_has_an_exit_code(int status, int exitCode)
    {
        var fault = CommandFault.Of((System.Net.HttpStatusCode)status, "<html>");

        Assert.Equal((exitCode, $"The gateway answered {status}."), (fault.ExitCode, fault.Message));
    }

    [Theory]
    [InlineData("completed", 0, ExitCodes.Clean)]
    [InlineData("completed", 1, ExitCodes.Overdue)]
    [InlineData("cancelled", 0, ExitCodes.Cancelled)]
    [InlineData("cancelled", 1, ExitCodes.Overdue)]
    public void The_end_of_a_drain_has_an_exit_code(string state, int overdue, int exitCode) =>
        Assert.Equal(exitCode, DrainText.ExitCode(new JsonObject { ["state"] = state, ["progress"] = new JsonObject { ["overdue"] = overdue } }));

    private static class HttpStatus
    {
        public const int BadRequest = 400, Unauthorized = 401, Forbidden = 403, NotFound = 404, Conflict = 409, Unprocessable = 422, ServerError = 500, Unavailable = 503;
    }
}

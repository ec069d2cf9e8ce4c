using System.Diagnostics;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Tests.Admin;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Tests.Observability;

public sealed class LifecycleListenerTests : IAsyncDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("lifecycle", "akka { loglevel = OFF, stdout-loglevel = OFF }");
    private readonly CapturedLog _log = new();
    private readonly LoggerFactory _loggers;
    private readonly MetricsProbe _probe = new(true, "chat");

    public LifecycleListenerTests() => _loggers = new LoggerFactory([_log], new LoggerFilterOptions { MinLevel = LogLevel.Trace });

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        _loggers.Dispose();
        _probe.Dispose();
    }

    [Fact]
    public async Task An_ending_is_one_line_with_every_field()
    {
        await AfterAsync(new LifecycleEvents.Ended(Samples.Ended(EndingCatalogue.IdleTimeout, text: "text-of-a-caller")));

        var line = Assert.Single(_log.Lines);
        Assert.Equal((1001, LogLevel.Information), (line.EventId, line.Level));
        foreach (var (field, value) in new Dictionary<string, object?>
        {
            ["Connection"] = Samples.Id.Value,
            ["Hub"] = "chat",
            ["User"] = "ann",
            ["Ip"] = System.Net.IPAddress.Parse("203.0.113.7"),
            ["Ending"] = "idle-timeout",
            ["Category"] = "idle-timeout",
            ["Code"] = "1000",
            ["Outcome"] = "clean",
            ["Duration"] = TimeSpan.FromMinutes(5),
            ["BytesIn"] = 300L,
            ["BytesOut"] = 400L,
        })
            Assert.Equal(value, line.Fields[field]);
        Assert.DoesNotContain("text-of-a-caller", _log.All(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_there_is_none_of_leaves_no_hole_in_the_line()
    {
        var ended = Samples.Ended(EndingCatalogue.ConnectionLost);

        await AfterAsync(
            new LifecycleEvents.Opened(ended.Session with { UserId = null, Subprotocol = null }),
            new LifecycleEvents.SessionEndsSoon(ended.Session with { UserId = null }, Samples.Now),
            new LifecycleEvents.Ended(ended with { Session = ended.Session with { UserId = null }, Code = null, Note = null }));

        var lines = _log.Lines.ToList();
        Assert.Contains("user (none), ip 203.0.113.7, subprotocol (none)", lines[0].Message, StringComparison.Ordinal);
        Assert.Contains("user (none), at", lines[1].Message, StringComparison.Ordinal);
        Assert.Contains("user (none), ip", lines[2].Message, StringComparison.Ordinal);
        Assert.Contains("code (none), outcome", lines[2].Message, StringComparison.Ordinal);
        Assert.EndsWith("note (none)", lines[2].Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, LogLevel> Levels()
    {
        var data = new TheoryData<string, LogLevel>();
        foreach (var ending in EndingCatalogue.All)
            data.Add(ending.Id, ending.Id is "server-error" or "upstream-error" ? LogLevel.Warning : LogLevel.Information);
        return data;
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Only_surprises_are_warnings(string ending, LogLevel level)
    {
        await AfterAsync(new LifecycleEvents.Ended(Samples.Ended(EndingCatalogue.Find(ending))));

        Assert.Equal(level, Assert.Single(_log.Lines).Level);
    }

    [Fact]
    public async Task Openings_refusals_and_warnings_are_for_debugging()
    {
        await AfterAsync(
            new LifecycleEvents.Opened(Samples.Session()),
            new LifecycleEvents.Refused(new Refusal("full", 503, "Full."), "chat", null),
            new LifecycleEvents.SessionEndsSoon(Samples.Session(), Samples.Now));

        Assert.Equal([1000, 1002, 1003], _log.Lines.Select(l => l.EventId));
        Assert.All(_log.Lines, l => Assert.Equal(LogLevel.Debug, l.Level));
        Assert.Equal(1, _probe.Sums["actorsockets.connections{hub=chat}"]);
        Assert.Equal(1, _probe.Sums["actorsockets.connections.refused{refusal=full}"]);
    }

    [Fact]
    public async Task A_session_that_ended_with_another_node_is_told_and_counted_as_ended_and_was_never_open_here()
    {
        await AfterAsync(new LifecycleEvents.Lost(Samples.Ended(EndingCatalogue.NodeLost), "state-of-an-upstream"));

        var line = Assert.Single(_log.Lines);
        Assert.Equal((1001, LogLevel.Information), (line.EventId, line.Level));
        Assert.DoesNotContain("state-of-an-upstream", _log.All(), StringComparison.Ordinal);
        Assert.Equal(1, _probe.Sums["actorsockets.connections.ended{category=network,ending=node-lost,hub=chat}"]);
        Assert.DoesNotContain(_probe.Sums.Keys, k => k.StartsWith("actorsockets.connections{", StringComparison.Ordinal) || k.StartsWith("actorsockets.transports", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_storm_of_refusals_is_one_line_for_operators()
    {
        var listener = _system.ActorOf(LifecycleListener.Props(_probe.Metrics, _loggers.CreateLogger<LifecycleListener>(), TimeSpan.FromSeconds(3)));
        await listener.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(60));

        for (var i = 0; i < 5; i++) _system.EventStream.Publish(new LifecycleEvents.Refused(new Refusal(i == 0 ? "token" : "full", 503, "No."), "chat", null));

        var since = Stopwatch.GetTimestamp();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!_log.Lines.Any(l => l.Level is LogLevel.Information) && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60)) await pause.WaitForNextTickAsync();
        Assert.Equal("Refused 5 clients within 00:00:03: full 4, token 1", Assert.Single(_log.Lines, l => l.Level is LogLevel.Information).Message);
    }

    [Fact]
    public async Task How_many_sessions_bans_and_revocations_ended_is_one_line_for_whoever_ordered_them()
    {
        var listener = _system.ActorOf(LifecycleListener.Props(_probe.Metrics, _loggers.CreateLogger<LifecycleListener>(), TimeSpan.FromSeconds(3)));
        await listener.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(60));

        foreach (var ending in new[] { EndingCatalogue.Banned, EndingCatalogue.SessionRevoked, EndingCatalogue.Banned, EndingCatalogue.IdleTimeout })
            _system.EventStream.Publish(new LifecycleEvents.Ended(Samples.Ended(ending)));

        var since = Stopwatch.GetTimestamp();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (Lines().Sum(l => (long)l.Fields["Count"]!) < 3 && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60)) await pause.WaitForNextTickAsync();
        Assert.Equal(3, Lines().Sum(l => (long)l.Fields["Count"]!));

        // One line, unless the machine stood still for a window.
        if (Lines() is [var line]) Assert.Equal("Bans and revocations ended 3 sessions of this node within 00:00:03: banned 2, session-revoked 1", line.Message);

        List<LogLine> Lines() => [.. _log.Lines.Where(l => l.EventId == 1007)];
    }

    [Fact]
    public async Task A_close_is_a_span_without_the_user()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ActorSockets",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var record = Samples.Ended(EndingCatalogue.ServerError, hub: "spans");

        await AfterAsync(new LifecycleEvents.Ended(record));
        using (var connect = GatewayTracing.StartConnect("spans", Samples.Id, null, null)) connect.Refused("full");

        var ours = spans.Where(s => Equals(s.GetTagItem("actorsockets.hub"), "spans")).ToList();
        Assert.Equal(["actorsockets.close", "actorsockets.connect"], ours.Select(s => s.OperationName));
        Assert.Equal("server-error", ours[0].GetTagItem("actorsockets.ending"));
        Assert.Equal("full", ours[1].GetTagItem("actorsockets.refusal"));
        Assert.All(ours, s => Assert.Equal(ActivityStatusCode.Error, s.Status));
        Assert.All(ours, s => Assert.Equal(Samples.Id.Value, s.GetTagItem("actorsockets.connection")));
    }

    [Fact]
    public async Task Dead_letters_are_counted()
    {
        var counter = _system.ActorOf(DeadLetterCounter.Props(_probe.Metrics));
        await counter.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(60));
        var gone = _system.ActorOf(new Stub().Props());
        await gone.GracefulStop(TimeSpan.FromSeconds(60));

        gone.Tell("hello", ActorRefs.NoSender);
        await counter.GracefulStop(TimeSpan.FromSeconds(60));

        Assert.Equal(1, _probe.Sums["actorsockets.dead_letters{}"]);
    }

    /// <summary>Stopping is a message too, so when the listener is gone it has seen everything.</summary>
    private async Task AfterAsync(params LifecycleEvents.IEvent[] facts)
    {
        var listener = _system.ActorOf(LifecycleListener.Props(_probe.Metrics, _loggers.CreateLogger<LifecycleListener>()));
        await listener.Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(60));
        foreach (var fact in facts) _system.EventStream.Publish(fact);
        await listener.Ask<ActorIdentity>(new Identify(2), TimeSpan.FromSeconds(60));
    }
}

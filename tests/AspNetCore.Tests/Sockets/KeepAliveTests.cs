using System.Diagnostics;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>Life signs, the message clock, pauses and rates, with a clock that the test moves.</summary>
public class KeepAliveTests
{
    private readonly FakeTimeProvider _time = new();

    private Setup Setup => new() { Time = _time };

    /// <summary>Moves the clock tick by tick until <paramref name="done"/>; returns how far it went.</summary>
    private TimeSpan RunUntil(Func<bool> done, double atMostSeconds)
    {
        var start = _time.GetTimestamp();
        while (!done() && _time.GetElapsedTime(start).TotalSeconds < atMostSeconds) _time.Advance(KeepAliveWheel.TickLength);
        return _time.GetElapsedTime(start);
    }

    private void Run(double seconds) => RunUntil(() => false, seconds);

    /// <summary>Lets what is under way on other threads arrive; the clock under test stands still.</summary>
    private static async Task Until(Func<bool> condition)
    {
        var patience = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(patience.Elapsed < TransportHarness.Patience, "it never came");
            await Task.Yield();
        }
    }

    /// <summary>A writer that was blocked goes on without a trace that could be waited for, so it is given the thread many times.</summary>
    private static async Task LetTheWriterMoveOn()
    {
        for (var i = 0; i < 200; i++) await Task.Yield();
    }

    private static bool HasFact(TransportHarness harness) => harness.Actor.Facts.Reader.TryPeek(out _);

    /// <summary>Sends a whole message and, in the same bytes, the beginning of something; when the message is there, so is the rest.</summary>
    private static async Task SendBehindAMessage(TransportHarness harness, byte[] beginning)
    {
        var before = harness.Transport.Activity.MessagesIn;
        await harness.Client.SendBytesAsync((byte[])[.. RawWebSocketClient.Frame(1, "m"u8), .. beginning]);
        await harness.Client.ReadPastPingsAsync();
        await Until(() => harness.Transport.Activity.MessagesIn > before);
    }

    [Fact]
    public async Task A_silent_peer_is_asked_within_the_interval_and_lost_when_it_does_not_answer()
    {
        await using var harness = TransportHarness.InMemory(Setup);
        var asked = RunUntil(() => harness.Meter.Pings > 0, 60);
        var ping = await harness.Client.ReadFrameAsync();
        Assert.Equal((RawWebSocketClient.Ping, 0), (ping!.Opcode, ping.Payload.Length));
        Assert.InRange(asked.TotalSeconds, 0, 25.5);

        var lost = RunUntil(() => HasFact(harness), 60);
        await harness.FaultAsync(EndingCatalogue.KeepAliveTimeout);
        Assert.InRange(lost.TotalSeconds, 10, 10.25);
        Assert.Equal(CloseOutcome.Aborted, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_peer_that_answers_lives_for_ever()
    {
        await using var harness = TransportHarness.InMemory(Setup);
        for (var i = 1; i <= 20; i++)
        {
            var expected = i;
            var asked = RunUntil(() => harness.Meter.Pings >= expected, 60);
            if (i > 1) Assert.InRange(asked.TotalSeconds, 24.75, 25.5);
            await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Pong, []));

            // The pong leaves no trace but life; a ping behind it shows that it was read.
            await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Ping, "there?"u8));
            while ((await harness.Client.ReadFrameAsync())!.Opcode != RawWebSocketClient.Pong)
            {
                // Our own ping.
            }
        }

        Assert.False(HasFact(harness));
        Assert.Equal(0, harness.Transport.Activity.LastInboundData);
    }

    [Fact]
    public async Task A_peer_behind_a_big_message_gets_the_time_to_take_it()
    {
        await using var harness = TransportHarness.InMemory(Setup with { Timers = new() { KeepAliveInterval = TimeSpan.FromSeconds(5) } });
        harness.Transport.TrySend(OutboundMessage.Binary(new byte[1 << 20]));
        var taken = new byte[16 * 1024];

        // 16 KB/s, the slowest that is believed, without a word from the client.
        for (var i = 0; i < 64; i++)
        {
            await harness.Client.ReadSomeAsync(taken);
            await LetTheWriterMoveOn();
            Run(1);
        }

        Assert.False(HasFact(harness));
        var lost = RunUntil(() => HasFact(harness), 600);
        await harness.FaultAsync(EndingCatalogue.KeepAliveTimeout);
        Assert.True(lost < TimeSpan.FromSeconds(120), $"{lost}");
    }

    [Fact]
    public async Task A_peer_that_uploads_slowly_and_answers_no_ping_meanwhile_survives()
    {
        await using var harness = TransportHarness.InMemory(Setup);
        var frame = RawWebSocketClient.Frame(RawWebSocketClient.Binary, new byte[1_000_000]);
        for (var sent = 0; sent < frame.Length;)
        {
            var piece = frame.AsMemory(sent, Math.Min(20_000, frame.Length - sent));
            await harness.Client.SendBytesAsync(piece);
            sent += piece.Length;
            if (sent < frame.Length) await Until(() => harness.Transport.Activity.LastInboundData == _time.GetTimestamp());
            Run(1);
        }

        Assert.Equal(1_000_000, (await harness.Client.ReadPastPingsAsync())!.Payload.Length);
        Assert.False(HasFact(harness));
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_of_a_blocked_message_is_lost()
    {
        await using var harness = TransportHarness.InMemory(Setup);
        harness.Transport.TrySend(OutboundMessage.Binary(new byte[1 << 20]));
        var lost = RunUntil(() => HasFact(harness), 120);
        await harness.FaultAsync(EndingCatalogue.KeepAliveTimeout);
        Assert.InRange(lost.TotalSeconds, 10, 45);
        Assert.Equal(0, harness.Meter.Pings);
    }

    [Fact]
    public async Task A_message_has_its_time_from_the_first_byte_to_the_last()
    {
        await using var harness = TransportHarness.InMemory(Setup);
        await SendBehindAMessage(harness, RawWebSocketClient.Frame(1, "slow"u8, announced: 100));
        var dripped = 0;
        var slow = TimeSpan.Zero;
        while (!HasFact(harness) && dripped < 90)
        {
            slow += RunUntil(() => HasFact(harness), 1);
            if (HasFact(harness)) break;
            await harness.Client.SendBytesAsync("x"u8.ToArray());
            await Until(() => harness.Transport.Activity.LastInboundData == _time.GetTimestamp());
            dripped++;
        }

        var fault = await harness.FaultAsync(EndingCatalogue.MessageTimeout);
        Assert.Equal("message-ms=60000", fault.Detail);
        Assert.InRange(slow.TotalSeconds, 60, 60.25);
        var close = await harness.Client.ReadToCloseAsync();
        Assert.Equal(1008, close!.CloseCode);
    }

    [Theory]
    [InlineData(new byte[] { 0x81 })]
    [InlineData(new byte[] { 0x89 })]
    [InlineData(new byte[] { 0x82, 0xFF, 0, 0 })]
    public async Task Half_a_frame_header_has_its_time_too(byte[] half)
    {
        var timers = new TimerOptions { KeepAliveInterval = TimeSpan.Zero, Message = TimeSpan.FromSeconds(3) };
        await using var harness = TransportHarness.InMemory(Setup with { Timers = timers });
        await SendBehindAMessage(harness, half);
        var late = RunUntil(() => HasFact(harness), 10);
        await harness.FaultAsync(EndingCatalogue.MessageTimeout);
        Assert.InRange(late.TotalSeconds, 3, 3.25);
    }

    [Fact]
    public async Task A_changed_timer_reaches_an_open_connection()
    {
        await using var harness = TransportHarness.InMemory(Setup with { Timers = new() { KeepAliveInterval = TimeSpan.FromHours(10) } });
        Run(120);
        Assert.Equal(0, harness.Meter.Pings);
        harness.Change(hub => hub with { Timers = hub.Timers with { KeepAliveInterval = TimeSpan.FromSeconds(5) } });
        RunUntil(() => harness.Meter.Pings > 0, 70);
        Assert.Equal(1, harness.Meter.Pings);
    }

    [Fact]
    public async Task A_throttled_client_is_read_at_its_rate_and_survives()
    {
        await using var harness = TransportHarness.InMemory(Setup with { Limits = new() { MessagesPerSecond = 1 } });
        for (var i = 0; i < 120; i++) await harness.Client.SendTextAsync("x");
        var start = _time.GetTimestamp();
        for (var i = 1; i <= 120; i++)
        {
            var expected = i;
            await Until(() =>
            {
                // Nothing but the clock can make the next message come.
                if (harness.Transport.ReadingPaused) _time.Advance(TimeSpan.FromMilliseconds(50));
                return harness.Transport.Activity.MessagesIn >= expected;
            });
            await harness.Client.ReadPastPingsAsync();
            Assert.True(_time.GetElapsedTime(start).TotalSeconds >= i - 1.01, $"{i} after {_time.GetElapsedTime(start)}");
        }

        Assert.False(HasFact(harness));
    }

    [Fact]
    public async Task A_pause_that_would_be_too_long_ends_the_session()
    {
        await using var harness = TransportHarness.InMemory(Setup with { Limits = new() { BytesPerSecond = 10 } });
        await harness.Client.SendTextAsync(new string('x', 2000));
        await harness.FaultAsync(EndingCatalogue.RateLimit);
        Assert.Equal(1008, (await harness.Client.ReadToCloseAsync())!.CloseCode);
    }

    [Fact]
    public async Task WhenFast_close_ends_the_session_at_the_first_message_too_many()
    {
        await using var harness = TransportHarness.InMemory(Setup with { Limits = new() { MessagesPerSecond = 3, WhenFast = WhenFast.Close } });
        for (var i = 0; i < 4; i++) await harness.Client.SendTextAsync("x");
        for (var i = 0; i < 3; i++) Assert.Equal("x", (await harness.Client.ReadFrameAsync())!.Text);
        var close = await harness.Client.ReadFrameAsync();
        Assert.Equal((1008, "rate-limit; messages-per-second=3; bytes-per-second=0"), (close!.CloseCode, close.CloseText));
    }

    [Fact]
    public async Task A_rate_set_on_the_running_node_reaches_an_open_connection()
    {
        await using var harness = TransportHarness.InMemory(Setup);
        for (var i = 0; i < 10; i++) await harness.Client.SendTextAsync("x");
        for (var i = 0; i < 10; i++) Assert.Equal("x", (await harness.Client.ReadFrameAsync())!.Text);
        harness.Change(hub => hub with { Limits = new() { MessagesPerSecond = 2, WhenFast = WhenFast.Close } });
        for (var i = 0; i < 3; i++) await harness.Client.SendTextAsync("y");
        await harness.FaultAsync(EndingCatalogue.RateLimit);
    }

    [Fact]
    public async Task A_busy_handler_gives_no_verdict_on_the_client()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var harness = TransportHarness.InMemory(Setup with { Sink = async (_, _, _, _) => await gate.Task });
        await harness.Client.SendTextAsync("x");
        await Until(() => harness.Transport.ReadingPaused);
        Run(110);
        Assert.False(HasFact(harness));
        gate.SetResult();
        await Until(() => !harness.Transport.ReadingPaused);
        RunUntil(() => harness.Meter.Pings > 0, 40);
        Assert.False(HasFact(harness));
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_is_a_server_error_and_is_cancelled()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var harness = TransportHarness.InMemory(Setup with
        {
            Sink = async (_, _, _, cancellation) =>
            {
                await using var registration = cancellation.Register(cancelled.SetResult);
                await cancelled.Task;
            },
        });
        await harness.Client.SendTextAsync("x");
        await Until(() => harness.Transport.ReadingPaused);
        var late = RunUntil(() => HasFact(harness), 200);
        var fault = await harness.FaultAsync(EndingCatalogue.ServerError);
        Assert.Contains("MaxPause", fault.Note, StringComparison.Ordinal);
        Assert.InRange(late.TotalSeconds, 119.5, 120.25);
        Assert.Equal(1011, (await harness.Client.ReadToCloseAsync())!.CloseCode);
        await cancelled.Task.WaitAsync(TransportHarness.Patience);
    }

    [Fact]
    public async Task A_handler_that_ignores_its_cancellation_does_not_hold_the_session()
    {
        var never = new TaskCompletionSource();
        await using var harness = TransportHarness.InMemory(Setup with { Sink = async (_, _, _, _) => await never.Task });
        await harness.Client.SendTextAsync("x");
        await Until(() => harness.Transport.ReadingPaused);
        harness.Close(EndingCatalogue.ServerClosed);
        await harness.Client.ReadToCloseAsync();
        await Until(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return harness.Running.IsCompleted;
        });
        Assert.Equal(CloseOutcome.Unanswered, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task An_exception_of_the_handler_is_a_server_error_with_its_type()
    {
        await using var harness = TransportHarness.InMemory(Setup with { Sink = (_, _, _, _) => throw new FormatException("secret") });
        await harness.Client.SendTextAsync("x");
        var fault = await harness.FaultAsync(EndingCatalogue.ServerError);
        Assert.Equal("FormatException", fault.Note);
        Assert.Equal((1011, "server-error"), ((await harness.Client.ReadToCloseAsync())!.CloseCode, fault.Ending.Id));
    }

    [Fact]
    public async Task A_report_that_nobody_answers_ends_the_socket_all_the_same()
    {
        await using var harness = TransportHarness.InMemory(Setup with { Answers = false });
        await harness.Client.SendCloseAsync(1000);
        await harness.FactAsync<ConnectionProtocol.PeerClosed>();
        await Until(() =>
        {
            // The bound may begin a moment after the report, so the clock goes on until it is over.
            _time.Advance(TimeSpan.FromSeconds(1));
            return harness.Actor.Ended.Task.IsCompleted;
        });
        Assert.Equal(CloseOutcome.Aborted, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_message_that_is_still_arriving_is_no_idleness()
    {
        await using var harness = TransportHarness.InMemory(Setup);
        await SendBehindAMessage(harness, RawWebSocketClient.Frame(1, "slow"u8, announced: 100));
        var first = harness.Transport.Activity.LastInboundData;
        Run(10);
        await harness.Client.SendBytesAsync("x"u8.ToArray());
        await Until(() => harness.Transport.Activity.LastInboundData > first);
        Assert.Equal(10, _time.GetElapsedTime(first, harness.Transport.Activity.LastInboundData).TotalSeconds);
    }
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Tests.Shared;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>What is sent, in which order, and what happens when nobody reads it.</summary>
public class WriterTests
{
    private static readonly OutboundMessage Big = OutboundMessage.Binary(new byte[200_000]);

    private static Setup Slow(WhenSlow policy, TimeProvider? time = null) => new()
    {
        Limits = new() { OutboundBytes = 500_000, WhenSlow = policy },
        Time = time ?? new FakeTimeProvider(),
    };

    [Fact]
    public async Task A_client_that_does_not_read_is_a_slow_consumer_at_its_bound()
    {
        await using var harness = TransportHarness.InMemory(Slow(WhenSlow.Close) with { Answers = false });
        for (var i = 0; i < 3; i++) Assert.Equal(SendOutcome.Queued, harness.Transport.TrySend(Big));
        Assert.Equal(SendOutcome.Closed, harness.Transport.TrySend(Big));
        var fault = await harness.FaultAsync(EndingCatalogue.SlowConsumer);
        Assert.Equal("queued-bytes=600000; queued-messages=3", fault.Detail);
        Assert.Equal((600_000, 3), (harness.Transport.Activity.QueuedBytes, harness.Transport.Activity.QueuedMessages));
    }

    [Theory]
    [InlineData(WhenSlow.DropOldest)]
    [InlineData(WhenSlow.DropNewest)]
    public async Task What_is_dropped_is_counted_and_the_rest_arrives(WhenSlow policy)
    {
        await using var harness = TransportHarness.InMemory(Slow(policy));
        for (var i = 0; i < 20; i++) harness.Transport.TrySend(Big with { IsText = false });
        var last = OutboundMessage.Text("last");
        var outcome = harness.Transport.TrySend(last);
        Assert.Equal(SendOutcome.Dropped, outcome);
        Assert.InRange(harness.Transport.Activity.QueuedBytes, 0, 500_000 + Big.Payload.Length);
        Assert.Equal(harness.Transport.Activity.Dropped, harness.Meter.Dropped);

        List<RawFrame> frames = [];
        var expected = 21 - harness.Meter.Dropped;
        while (frames.Count < expected) frames.Add((await harness.Client.ReadFrameAsync())!);
        Assert.Equal(policy == WhenSlow.DropOldest, frames[^1].Opcode == RawWebSocketClient.Text);
    }

    [Fact]
    public async Task What_waited_longer_than_it_was_worth_is_dropped_and_counted()
    {
        var time = new FakeTimeProvider();
        await using var harness = TransportHarness.InMemory(Slow(WhenSlow.Close, time));
        harness.Transport.TrySend(Big);
        for (var i = 0; i < 3; i++) harness.Transport.TrySend(OutboundMessage.Text("late") with { ExpiresAt = time.GetUtcNow().AddSeconds(5) });
        harness.Transport.TrySend(OutboundMessage.Text("in time") with { ExpiresAt = time.GetUtcNow().AddSeconds(6) });
        harness.Transport.TrySend(OutboundMessage.Text("always"));
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(200_000, (await harness.Client.ReadFrameAsync())!.Payload.Length);
        Assert.Equal("in time", (await harness.Client.ReadFrameAsync())!.Text);
        Assert.Equal("always", (await harness.Client.ReadFrameAsync())!.Text);
        Assert.Equal((3, 3), (harness.Meter.Dropped, harness.Transport.Activity.Dropped));
    }

    [Fact]
    public async Task An_answer_waits_for_room_and_nothing_is_read_meanwhile()
    {
        await using var harness = TransportHarness.InMemory(Slow(WhenSlow.Close));
        for (var i = 0; i < 3; i++) harness.Transport.TrySend(Big);
        await harness.Client.SendTextAsync("one");
        await harness.Client.SendTextAsync("two");
        for (var i = 0; i < 3; i++) Assert.Equal(200_000, (await harness.Client.ReadFrameAsync())!.Payload.Length);
        Assert.Equal("one", (await harness.Client.ReadFrameAsync())!.Text);
        Assert.Equal("two", (await harness.Client.ReadFrameAsync())!.Text);
        Assert.False(harness.Actor.Facts.Reader.TryPeek(out _));
    }

    [Fact]
    public async Task An_answer_that_finds_no_room_for_too_long_makes_a_slow_consumer()
    {
        var time = new FakeTimeProvider();
        var timers = new TimerOptions { MaxPause = TimeSpan.FromSeconds(8) };
        var answers = new TaskCompletionSource<SendOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var harness = TransportHarness.InMemory(Slow(WhenSlow.Close, time) with
        {
            Timers = timers,
            Handshake = TimeSpan.FromSeconds(1),
            Sink = async (transport, payload, isText, cancellation) => answers.SetResult(await transport.SendAsync(payload, isText, CancellationToken.None)),
        });
        harness.Transport.TrySend(Big);
        await harness.Client.SendTextAsync("x");
        while (harness.Transport.Activity.QueuedMessages < 2) await Task.Yield();
        for (var i = 0; i < 40 && !harness.Actor.Facts.Reader.TryPeek(out _); i++) time.Advance(TimeSpan.FromMilliseconds(250));
        await harness.FaultAsync(EndingCatalogue.SlowConsumer);
        while (!harness.Running.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        Assert.Equal(CloseOutcome.Aborted, await harness.OutcomeAsync());
        Assert.Equal(SendOutcome.Closed, await answers.Task.WaitAsync(TransportHarness.Patience));
    }

    [Fact]
    public async Task More_answers_at_a_time_than_the_bound_make_a_slow_consumer()
    {
        await using var harness = TransportHarness.InMemory(Slow(WhenSlow.DropOldest) with { Answers = false });
        var answers = Enumerable.Range(0, 4).Select(_ => harness.Transport.SendAsync(Big, CancellationToken.None).AsTask()).ToList();
        await harness.FaultAsync(EndingCatalogue.SlowConsumer);
        Assert.Equal(SendOutcome.Closed, await answers[3].WaitAsync(TransportHarness.Patience));
        Assert.All(answers[..3], answer => Assert.False(answer.IsCompleted));
    }

    [Fact]
    public async Task A_cancelled_answer_is_taken_back()
    {
        await using var harness = TransportHarness.InMemory(Slow(WhenSlow.Close));
        harness.Transport.TrySend(Big);
        using var cancellation = new CancellationTokenSource();
        var answer = harness.Transport.SendAsync(OutboundMessage.Text("never"), cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        harness.Transport.TrySend(OutboundMessage.Text("after"));
        Assert.Equal(200_000, (await harness.Client.ReadFrameAsync())!.Payload.Length);
        Assert.Equal("after", (await harness.Client.ReadFrameAsync())!.Text);
    }

    [Fact]
    public async Task Messages_of_many_senders_are_never_mixed_with_each_other_or_with_pings()
    {
        var timers = new TimerOptions { KeepAliveInterval = TimeSpan.FromMilliseconds(250), KeepAliveTimeout = TimeSpan.FromHours(1) };
        await using var harness = await TransportHarness.OverTcpAsync(new Setup { Timers = timers, Limits = new() { OutboundBytes = 1 << 30, OutboundMessages = 1_000_000 } });
        const int Senders = 8;
        const int Each = 250;
        var sending = Enumerable.Range(0, Senders).Select(sender => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                var payload = new byte[(i * 37 % 40_000) + 2];
                Array.Fill(payload, (byte)sender);
                payload[0] = (byte)i;
                harness.Transport.TrySend(OutboundMessage.Binary(payload));
            }
        })).ToArray();

        var next = new int[Senders];
        for (var i = 0; i < Senders * Each; i++)
        {
            var frame = (await harness.Client.ReadPastPingsAsync())!;
            var sender = frame.Payload[1];
            Assert.Equal((byte)next[sender], frame.Payload[0]);
            Assert.All(frame.Payload[1..], b => Assert.Equal(sender, b));
            next[sender]++;
        }

        await Task.WhenAll(sending);
        Assert.Equal(Senders * Each, harness.Transport.Activity.MessagesOut);
        Assert.Equal(0, harness.Transport.Activity.QueuedBytes);
    }
}

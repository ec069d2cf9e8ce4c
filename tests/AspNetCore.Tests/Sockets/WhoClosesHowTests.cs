using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Sockets;
using ActorSockets.Tests.Shared;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>Every way in which a session can end on the wire, over real TCP.</summary>
public class WhoClosesHowTests
{
    private static readonly Setup Patient = new();
    private const int SlowPiece = 32 * 1024;
    private static readonly Setup Backlogged = new()
    {
        Handshake = TimeSpan.FromSeconds(4),
        SmallBuffers = true,
        Limits = new() { OutboundBytes = 1500 * SlowPiece, OutboundMessages = 10_000 },
    };

    private static readonly Setup Hasty = new() { Handshake = TimeSpan.FromMilliseconds(400) };

    [Theory]
    [InlineData(4001, "bye", 4001)]
    [InlineData(1000, "", 1000)]
    [InlineData(null, "", 1000)]
    public async Task The_client_closes_and_gets_its_code_back(int? code, string text, int expected)
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        await harness.Client.SendCloseAsync(code, text);

        var fact = await harness.FactAsync<ConnectionProtocol.PeerClosed>();
        var reply = await harness.Client.ReadFrameAsync();

        Assert.Equal(new ConnectionProtocol.PeerClosed(expected, text), fact);
        Assert.Equal((expected, text), (reply!.CloseCode, reply.CloseText));
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
        await harness.Running.WaitAsync(TransportHarness.Patience);
        Assert.True(await harness.Client.ReadToEndAsync());
        Assert.Equal(0, harness.Wheel.Count);
    }

    [Fact]
    public async Task The_server_closes_and_the_client_answers()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        harness.Close(EndingCatalogue.MaintenanceDrain, "maintenance; retry-after-ms=8350");
        var close = await harness.Client.ReadFrameAsync();
        await harness.Client.SendCloseAsync(1012);

        Assert.Equal((1012, "maintenance; retry-after-ms=8350"), (close!.CloseCode, close.CloseText));
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
        Assert.True(await harness.Client.ReadToEndAsync());
        Assert.Equal(0, harness.Aborts);
    }

    [Fact]
    public async Task Both_close_at_once()
    {
        for (var i = 0; i < 20; i++)
        {
            await using var harness = await TransportHarness.OverTcpAsync(Patient);
            var sending = harness.Client.SendCloseAsync(1000, "mine");
            harness.Close(EndingCatalogue.ServerClosed, "ours");
            await sending;
            Assert.NotNull(await harness.Client.ReadToCloseAsync());
            Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
            Assert.True(await harness.Client.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task The_client_never_answers()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Hasty);
        harness.Close(EndingCatalogue.IdleTimeout);
        Assert.Equal(1000, (await harness.Client.ReadFrameAsync())!.CloseCode);
        Assert.Equal(CloseOutcome.Unanswered, await harness.OutcomeAsync());
        Assert.Equal(1, harness.Aborts);
    }

    [Fact]
    public async Task The_client_never_reads()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Hasty with { Limits = new() { OutboundBytes = 100_000_000 } });
        var megabyte = OutboundMessage.Binary(new byte[1 << 20]);
        for (var i = 0; i < 30; i++) harness.Transport.TrySend(megabyte);
        Assert.True(harness.Transport.Activity.QueuedBytes > 0);
        harness.Close(EndingCatalogue.ServerClosed);
        Assert.Equal(CloseOutcome.Aborted, await harness.OutcomeAsync());
        Assert.Equal(0, harness.Transport.Activity.QueuedBytes);
    }

    [Fact]
    public async Task A_client_that_reads_slowly_is_told_so_and_gets_no_more()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Backlogged);
        var sent = FillUp(harness);
        await harness.FaultAsync(EndingCatalogue.SlowConsumer);

        var (read, close) = await ReadSlowlyAsync(harness);

        Assert.Equal(1008, close?.CloseCode);
        Assert.StartsWith("slow-consumer; queued-bytes=", close!.CloseText, StringComparison.Ordinal);
        Assert.InRange(read, 0, sent / 2);
        await harness.Client.SendCloseAsync(1008);
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_client_that_reads_slowly_gets_its_close_frame_when_the_time_to_flush_is_over()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Backlogged with { Limits = new() { OutboundBytes = 100_000_000, OutboundMessages = 10_000 } });
        var all = OutboundMessage.Binary(new byte[SlowPiece]);
        const int Sent = 1500;
        for (var i = 0; i < Sent; i++) Assert.Equal(SendOutcome.Queued, harness.Transport.TrySend(all));
        harness.Close(EndingCatalogue.Banned);

        var (read, close) = await ReadSlowlyAsync(harness);

        Assert.Equal((1008, "banned"), (close?.CloseCode, close?.CloseText));
        Assert.InRange(read, 1, Sent - 1);
        await harness.Client.SendCloseAsync(1008);
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task The_client_goes_on_sending_for_ever()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Hasty);
        var flood = FloodAsync(harness);
        harness.Close(EndingCatalogue.ServerClosed);
        var close = await harness.Client.ReadToCloseAsync();
        Assert.Equal(1000, close!.CloseCode);
        Assert.Equal(CloseOutcome.Unanswered, await harness.OutcomeAsync());
        await flood;
    }

    [Fact]
    public async Task What_was_queued_arrives_before_the_close_frame()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient with { Limits = new() { OutboundBytes = 100_000_000 } });
        var megabyte = OutboundMessage.Binary(new byte[1 << 20]);
        for (var i = 0; i < 20; i++) Assert.Equal(SendOutcome.Queued, harness.Transport.TrySend(megabyte));
        harness.Close(EndingCatalogue.ServerClosed);
        Assert.Equal(SendOutcome.Closed, harness.Transport.TrySend(megabyte));
        for (var i = 0; i < 20; i++) Assert.Equal(1 << 20, (await harness.Client.ReadFrameAsync())!.Payload.Length);
        Assert.True((await harness.Client.ReadFrameAsync())!.IsClose);
        await harness.Client.SendCloseAsync(1000);
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_reset_while_idle_is_a_lost_connection()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        harness.Client.Reset();
        await harness.FaultAsync(EndingCatalogue.ConnectionLost);
        Assert.Equal(CloseOutcome.Lost, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_reset_inside_a_message_is_a_lost_connection()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        await harness.Client.SendBytesAsync(RawWebSocketClient.Frame(RawWebSocketClient.Text, new byte[10], announced: 20));
        harness.Client.Reset();
        await harness.FaultAsync(EndingCatalogue.ConnectionLost);
        Assert.Equal(CloseOutcome.Lost, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_reset_instead_of_an_answer_leaves_our_close_frame_unanswered()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        harness.Close(EndingCatalogue.ServerClosed);
        Assert.True((await harness.Client.ReadFrameAsync())!.IsClose);
        harness.Client.Reset();
        Assert.Equal(CloseOutcome.Unanswered, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task A_reset_while_we_flush_ends_it_at_once()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient with { Limits = new() { OutboundBytes = 100_000_000 } });
        var megabyte = OutboundMessage.Binary(new byte[1 << 20]);
        for (var i = 0; i < 30; i++) harness.Transport.TrySend(megabyte);
        harness.Close(EndingCatalogue.ServerClosed);
        harness.Client.Reset();
        Assert.Equal(CloseOutcome.Lost, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task An_end_of_stream_without_a_close_frame_is_a_lost_connection()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        harness.Client.HalfClose();
        await harness.FaultAsync(EndingCatalogue.ConnectionLost);
        Assert.Equal(CloseOutcome.Lost, await harness.OutcomeAsync());
        Assert.True(await harness.Client.ReadToEndAsync());
        Assert.Equal(0, harness.Aborts);
    }

    [Fact]
    public async Task A_peer_that_left_and_does_not_read_is_cut()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient with { Limits = new() { OutboundBytes = 100_000_000 } });
        var megabyte = OutboundMessage.Binary(new byte[1 << 20]);
        for (var i = 0; i < 30; i++) harness.Transport.TrySend(megabyte);
        harness.Client.HalfClose();
        await harness.FaultAsync(EndingCatalogue.ConnectionLost);
        Assert.Equal(CloseOutcome.Lost, await harness.OutcomeAsync());
        Assert.Equal(1, harness.Aborts);
    }

    [Fact]
    public async Task An_end_of_stream_instead_of_an_answer_leaves_our_close_frame_unanswered()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        harness.Close(EndingCatalogue.ServerClosed);
        Assert.True((await harness.Client.ReadFrameAsync())!.IsClose);
        harness.Client.HalfClose();
        Assert.Equal(CloseOutcome.Unanswered, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task An_aborted_session_sends_nothing()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        harness.Close(EndingCatalogue.ServerClosed, abort: true);
        Assert.Equal(CloseOutcome.Aborted, await harness.OutcomeAsync());
        Assert.False(await harness.Client.ReadToEndAsync());
    }

    [Fact]
    public async Task An_order_before_the_upgrade_is_carried_out_after_it()
    {
        await using var harness = await TransportHarness.OverTcpAsync(
            Patient,
            transport => transport.Close(new CloseOrder(EndingCatalogue.Shutdown, 1001, "shutdown", false, Patient.Handshake)));
        Assert.Equal(1001, (await harness.Client.ReadFrameAsync())!.CloseCode);
        await harness.Client.SendCloseAsync(1001);
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task The_first_order_wins()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        harness.Close(EndingCatalogue.Banned);
        harness.Close(EndingCatalogue.ServerClosed);
        Assert.Equal(1008, (await harness.Client.ReadFrameAsync())!.CloseCode);
        await harness.Client.SendCloseAsync(1008);
        Assert.Equal(CloseOutcome.Clean, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task An_abort_cuts_short_an_earlier_order()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient);
        harness.Close(EndingCatalogue.Banned);
        Assert.Equal(1008, (await harness.Client.ReadFrameAsync())!.CloseCode);
        harness.Close(EndingCatalogue.ServerClosed, abort: true);
        Assert.Equal(CloseOutcome.Unanswered, await harness.OutcomeAsync());
    }

    [Fact]
    public async Task An_abort_cuts_short_a_flush()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient with { Limits = new() { OutboundBytes = 100_000_000 } });
        var megabyte = OutboundMessage.Binary(new byte[1 << 20]);
        for (var i = 0; i < 30; i++) harness.Transport.TrySend(megabyte);
        harness.Close(EndingCatalogue.ServerClosed);
        harness.Close(EndingCatalogue.ServerClosed, abort: true);
        Assert.Equal(CloseOutcome.Aborted, await harness.OutcomeAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upgrade_that_never_happened_is_answered_once(bool orderFirst)
    {
        using var wheel = new KeepAliveWheel(TimeProvider.System);
        var transport = new SocketTransport("h", null!, wheel, TimeProvider.System, NoTransportMeter.Instance);
        var actor = new ActorDouble(transport, Patient);
        var order = new CloseOrder(EndingCatalogue.Shutdown, 1001, "shutdown", false, Patient.Handshake);
        if (orderFirst) transport.Close(order);
        transport.UpgradeNeverHappened(actor);
        if (!orderFirst)
        {
            Assert.False(actor.Ended.Task.IsCompleted);
            transport.Close(order);
        }

        transport.UpgradeNeverHappened(actor);
        Assert.Equal(CloseOutcome.NeverOpened, await actor.Ended.Task.WaitAsync(TransportHarness.Patience));
    }

    [Fact]
    public async Task Messages_sent_before_the_upgrade_arrive_after_it()
    {
        await using var harness = await TransportHarness.OverTcpAsync(Patient, transport =>
        {
            Assert.Equal(SendOutcome.Queued, transport.TrySend(OutboundMessage.Text("one")));
            Assert.Equal(SendOutcome.Queued, transport.TrySend(OutboundMessage.Text("two")));
        });
        Assert.Equal("one", (await harness.Client.ReadFrameAsync())!.Text);
        Assert.Equal("two", (await harness.Client.ReadFrameAsync())!.Text);
    }

    private static int FillUp(TransportHarness harness)
    {
        var piece = OutboundMessage.Binary(new byte[SlowPiece]);
        for (var i = 1; i < 10_000; i++)
            if (harness.Transport.TrySend(piece) == SendOutcome.Closed) return i;
        throw new InvalidOperationException("the queue never filled");
    }

    /// <summary>At a pace at which the whole backlog would take far longer than the close may.</summary>
    private static async Task<(int Messages, RawFrame? Close)> ReadSlowlyAsync(TransportHarness harness)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var messages = 0; ; messages++)
        {
            await pace.WaitForNextTickAsync();
            var frame = await harness.Client.ReadPastPingsAsync();
            if (frame is null or { IsClose: true }) return (messages, frame);
        }
    }

    private static async Task FloodAsync(TransportHarness harness)
    {
        var frame = RawWebSocketClient.Frame(RawWebSocketClient.Binary, new byte[1000]);
        try
        {
            while (!harness.Running.IsCompleted) await harness.Client.SendBytesAsync(frame);
        }
        catch (IOException)
        {
            // Cut, as it should be.
        }
    }
}

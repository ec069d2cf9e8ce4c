using ActorSockets.Actors.Connections;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Sockets;

/// <summary>A client protocol's own pings and acks: counted as messages, and no sign that the client has anything to say.</summary>
public sealed class HousekeepingTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_frame_that_is_no_data_leaves_the_time_of_the_last_one_as_it_was()
    {
        await using var harness = TransportHarness.InMemory(new() { Time = _time, IsData = IsData });
        await SayAsync(harness, "data", 1);
        await SayAsync(harness, "ping", 2);
        var last = harness.Transport.Activity.LastInboundData;
        Assert.Equal(_time.GetTimestamp(), last);

        _time.Advance(TimeSpan.FromSeconds(7));
        await SayAsync(harness, "ping", 3);
        await SayAsync(harness, "ping", 4);
        Assert.Equal(last, harness.Transport.Activity.LastInboundData);

        await SayAsync(harness, "data", 5);
        await SayAsync(harness, "ping", 6);
        Assert.Equal(_time.GetTimestamp(), harness.Transport.Activity.LastInboundData);
    }

    [Fact]
    public async Task An_answer_that_is_written_at_once_is_no_data()
    {
        await using var harness = TransportHarness.InMemory(new() { Time = _time });
        await SayAsync(harness, "data", 1);
        await SayAsync(harness, "data", 2);
        var last = harness.Transport.Activity.LastOutboundData;
        Assert.Equal(_time.GetTimestamp(), last);

        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(SendOutcome.Queued, await harness.Transport.AnswerAsync("pong"u8.ToArray(), CancellationToken.None));
        Assert.Equal((3, last), (harness.Transport.Activity.MessagesOut, harness.Transport.Activity.LastOutboundData));
    }

    [Fact]
    public async Task An_answer_that_had_to_wait_is_no_data()
    {
        ValueTask<SendOutcome> answer = default;
        await using var harness = await TransportHarness.OverTcpAsync(
            new() { Time = _time }, transport => answer = transport.AnswerAsync("pong"u8.ToArray(), CancellationToken.None));
        Assert.Equal("pong", (await harness.Client.ReadFrameAsync())!.Text);
        Assert.Equal(SendOutcome.Queued, await answer);
        Assert.Equal((1, 0), (harness.Transport.Activity.MessagesOut, harness.Transport.Activity.LastOutboundData));
    }

    private static bool IsData(ReadOnlyMemory<byte> payload) => payload.Span.SequenceEqual("data"u8);

    private static async Task SayAsync(TransportHarness harness, string text, int messages)
    {
        await harness.Client.SendTextAsync(text);

        // The echo comes while the message is being taken; what is noted of it is there when that of the next one comes.
        Assert.NotNull(await harness.Client.ReadFrameAsync());
        Assert.Equal(messages, harness.Transport.Activity.MessagesIn);
    }
}

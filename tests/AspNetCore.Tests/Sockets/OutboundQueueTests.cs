using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Sockets;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.Sockets;

public class OutboundQueueTests
{
    private static readonly LimitOptions Limits = new() { OutboundBytes = 100, OutboundMessages = 5 };

    private static OutboundMessage Message(int bytes, byte tag = 0) => OutboundMessage.Binary(Enumerable.Repeat(tag, bytes).ToArray());

    private static OutboundQueue Started()
    {
        var queue = new OutboundQueue();
        Assert.Null(queue.Start());
        return queue;
    }

    [Fact]
    public void The_first_message_is_written_by_whoever_brings_it()
    {
        var queue = Started();
        Assert.Equal(Offer.WriteNow, queue.TryOffer(Message(10), Limits, out _));
        Assert.Equal(Offer.Queued, queue.TryOffer(Message(10), Limits, out _));
        Assert.Equal(20, queue.Bytes);
    }

    [Fact]
    public void What_comes_before_the_socket_waits_for_it()
    {
        var queue = new OutboundQueue();
        var message = Message(1);
        Assert.Equal(Offer.Queued, queue.TryOffer(message, Limits, out _));
        Assert.Same(message, queue.Start()!.Message);
        Assert.Null(queue.Start());
    }

    [Fact]
    public void Close_takes_one_message_beyond_the_bound_and_no_more()
    {
        var queue = Started();
        queue.TryOffer(Message(99), Limits, out _);
        Assert.Equal(Offer.Queued, queue.TryOffer(Message(1000), Limits, out _));
        Assert.Equal(Offer.Full, queue.TryOffer(Message(1), Limits, out _));
        Assert.Equal(1099, queue.Bytes);
    }

    [Fact]
    public void DropNewest_keeps_what_was_there()
    {
        var limits = Limits with { WhenSlow = WhenSlow.DropNewest };
        var queue = Started();
        for (byte i = 0; i < 5; i++) queue.TryOffer(Message(1, i), limits, out _);
        Assert.Equal(Offer.DroppedNewest, queue.TryOffer(Message(1, 9), limits, out var dropped));
        Assert.Equal(1, dropped);
        Assert.Equal([1, 2, 3, 4], Rest(queue));
    }

    [Fact]
    public void DropOldest_makes_room_for_the_new_one()
    {
        var limits = Limits with { WhenSlow = WhenSlow.DropOldest };
        var queue = Started();
        for (byte i = 0; i < 5; i++) queue.TryOffer(Message(1, i), limits, out _);
        Assert.Equal(Offer.DroppedOldest, queue.TryOffer(Message(1, 9), limits, out var dropped));
        Assert.Equal(1, dropped);
        Assert.Equal([2, 3, 4, 9], Rest(queue));
    }

    [Fact]
    public void DropOldest_drops_the_new_one_when_the_one_being_written_fills_the_bound()
    {
        var limits = Limits with { WhenSlow = WhenSlow.DropOldest };
        var queue = Started();
        queue.TryOffer(Message(500), limits, out _);
        Assert.Equal(Offer.DroppedNewest, queue.TryOffer(Message(1), limits, out var dropped));
        Assert.Equal(1, dropped);
    }

    [Fact]
    public void A_sender_that_waits_is_taken_when_full_and_never_dropped()
    {
        var limits = Limits with { WhenSlow = WhenSlow.DropOldest, OutboundMessages = 1 };
        var queue = Started();
        queue.TryOffer(Message(1), limits, out _);
        Assert.Equal(Offer.Queued, queue.Await(Message(7), limits, 5, out var entry));
        Assert.Equal(5, queue.SendersSince);
        Assert.Equal(Offer.DroppedNewest, queue.TryOffer(Message(1), limits, out _));
        Assert.Same(entry, queue.Wrote(1));
        queue.Abandon();
        Assert.False(entry!.Sender!.Task.IsCompleted);
        Assert.Equal(Offer.Closed, queue.TryOffer(Message(1), limits, out _));
        Assert.True(queue.CloseAsync().IsCompleted);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(60, 2)]
    [InlineData(1000, 1)]
    public void Senders_that_wait_are_bounded_in_messages_and_bytes_of_their_own(int bytes, int most)
    {
        var queue = Started();
        while (queue.TryOffer(Message(30), Limits, out _) != Offer.Full)
        {
            // What others sent does not count.
        }

        for (var i = 0; i < most; i++) Assert.Equal(Offer.Queued, queue.Await(Message(bytes), Limits, 5, out _));
        Assert.Equal(Offer.Full, queue.Await(Message(bytes), Limits, 5, out var refused));
        Assert.Null(refused);

        for (var i = 0; i < 4; i++) queue.Wrote(30);
        queue.SenderServed(bytes, 6);
        Assert.Equal(Offer.Queued, queue.Await(Message(bytes), Limits, 7, out _));
    }

    [Fact]
    public void A_message_taken_back_leaves_no_trace()
    {
        var queue = Started();
        queue.TryOffer(Message(1), Limits, out _);
        queue.Await(Message(7), Limits, 5, out var entry);
        Assert.True(queue.TryWithdraw(entry!, 6));
        Assert.False(queue.TryWithdraw(entry!, 6));
        Assert.Equal(1, queue.Bytes);
        Assert.Equal(0, queue.SendersSince);
    }

    [Fact]
    public async Task Is_flushed_when_the_last_taken_message_is_written()
    {
        var queue = Started();
        queue.TryOffer(Message(1), Limits, out _);
        queue.TryOffer(Message(2), Limits, out _);
        var flushed = queue.CloseAsync();
        Assert.NotNull(queue.Wrote(1));
        Assert.False(flushed.IsCompleted);
        Assert.Null(queue.Wrote(2));
        await flushed;
        Assert.Equal(0, queue.Bytes);
    }

    [Fact]
    public void Never_holds_more_than_its_bound_and_one_message() =>
        Gen.Select(Gen.Enum<WhenSlow>(), Gen.Int[0, 150].Array[1, 60], Gen.Bool.Array[60]).Sample((policy, sizes, writes) =>
        {
            var limits = Limits with { WhenSlow = policy };
            var queue = Started();
            var inFlight = new Queue<int>();
            for (var i = 0; i < sizes.Length; i++)
            {
                if (queue.TryOffer(Message(sizes[i]), limits, out _) == Offer.WriteNow) inFlight.Enqueue(sizes[i]);
                Assert.InRange(queue.Bytes, 0, limits.OutboundBytes - 1 + 150);
                Assert.InRange(queue.Messages, 0, limits.OutboundMessages);
                if (!writes[i] || inFlight.Count == 0) continue;
                if (queue.Wrote(inFlight.Dequeue()) is { } next) inFlight.Enqueue(next.Message.Payload.Length);
            }

            while (inFlight.Count > 0)
            {
                if (queue.Wrote(inFlight.Dequeue()) is { } next) inFlight.Enqueue(next.Message.Payload.Length);
            }

            Assert.Equal((0, 0), (queue.Bytes, queue.Messages));
        });

    private static List<int> Rest(OutboundQueue queue)
    {
        List<int> tags = [];
        while (queue.Wrote(1) is { } next) tags.Add(next.Message.Payload.Span[0]);
        return tags;
    }
}

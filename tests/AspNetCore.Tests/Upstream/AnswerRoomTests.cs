using ActorSockets.AspNetCore.Upstream;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class AnswerRoomTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Whoever_finds_no_room_waits_in_line_for_all_of_it()
    {
        var room = new AnswerRoom(10);
        var first = await room.TakeAsync(8, default);
        var second = room.TakeAsync(5, default).AsTask();
        var third = room.TakeAsync(2, default).AsTask();

        // 2 are free, but it is not the third's turn.
        Assert.False(second.IsCompleted || third.IsCompleted);
        Assert.Equal(2, room.Waiting);
        first.Dispose();
        first.Dispose();

        (await second.WaitAsync(Patience)).Dispose();
        (await third.WaitAsync(Patience)).Dispose();
        Assert.Equal((10, 0), (room.Free, room.Waiting));
    }

    [Fact]
    public async Task Who_gives_up_lets_those_behind_it_pass_and_leaves_nothing_taken()
    {
        var room = new AnswerRoom(10);
        using var enough = new CancellationTokenSource();
        var first = await room.TakeAsync(8, default);
        var second = room.TakeAsync(5, enough.Token).AsTask();
        var third = room.TakeAsync(2, default).AsTask();

        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        (await third.WaitAsync(Patience)).Dispose();
        first.Dispose();
        Assert.Equal((10, 0), (room.Free, room.Waiting));
    }

    [Fact]
    public async Task What_turned_out_to_be_shorter_makes_room_at_once()
    {
        var room = new AnswerRoom(10);
        var first = await room.TakeAsync(10, default);
        var second = room.TakeAsync(6, default).AsTask();

        first.ShrinkTo(12);
        Assert.False(second.IsCompleted);
        first.ShrinkTo(4);

        (await second.WaitAsync(Patience)).Dispose();
        first.Dispose();
        Assert.Equal(10, room.Free);
    }

    [Fact]
    public async Task Nothing_is_lost_and_nothing_exceeded_when_many_come_go_and_give_up()
    {
        const int capacity = 100;
        var room = new AnswerRoom(capacity);
        var held = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(async () =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 500; i++)
            {
                using var enough = new CancellationTokenSource();
                var bytes = random.Next(1, capacity + 1);
                var taking = room.TakeAsync(bytes, enough.Token);
                if (random.Next(4) == 0) await enough.CancelAsync();
                try
                {
                    using var place = await taking;
                    Assert.InRange(Interlocked.Add(ref held, bytes), bytes, capacity);
                    await Task.Yield();
                    Interlocked.Add(ref held, -bytes);
                }
                catch (OperationCanceledException)
                {
                    // As asked.
                }
            }
        }))).WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((capacity, 0), (room.Free, room.Waiting));
    }
}

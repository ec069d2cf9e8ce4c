using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace ActorSockets.Actors.Tests.Connections;

[Collection("actors")]
public sealed class LeanMailboxTests() : TestKit(VirtualTime.Config)
{
    [Fact]
    public void Messages_leave_in_the_order_in_which_they_came()
    {
        var queue = new LeanMessageQueue();
        Assert.False(queue.HasMessages);
        Assert.False(queue.TryDequeue(out _));
        for (var i = 0; i < 3; i++) queue.Enqueue(ActorRefs.Nobody, new Envelope(i, ActorRefs.NoSender));
        Assert.Equal(3, queue.Count);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(queue.HasMessages);
            Assert.True(queue.TryDequeue(out var envelope));
            Assert.Equal(i, envelope.Message);
        }

        Assert.False(queue.HasMessages);
    }

    [Fact]
    public void What_nobody_read_goes_to_the_dead_letters()
    {
        var queue = new LeanMessageQueue();
        var dead = new LeanMessageQueue();
        queue.Enqueue(ActorRefs.Nobody, new Envelope("late", ActorRefs.NoSender));
        queue.CleanUp(ActorRefs.Nobody, dead);
        Assert.False(queue.HasMessages);
        Assert.Equal(1, dead.Count);
    }

    [Fact]
    public async Task Many_writers_lose_nothing_and_each_keeps_its_order()
    {
        const int writers = 8;
        const int each = 20_000;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = new int[writers];
        var left = writers * each;
        var reader = Sys.ActorOf(Props.CreateBy(new Producer(message =>
        {
            var (writer, number) = ((int, int))message;
            if (seen[writer]++ != number) done.TrySetException(new InvalidOperationException($"{writer} out of order"));
            if (--left == 0) done.TrySetResult();
        })).WithMailbox(LeanMailbox.ConfigPath));

        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < each; i++) reader.Tell((writer, i), ActorRefs.NoSender);
        })));

        await done.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private sealed class Producer(Action<object> receive) : IIndirectActorProducer
    {
        public Type ActorType => typeof(Reader);

        public ActorBase Produce() => new Reader(receive);

        public void Release(ActorBase actor)
        {
        }
    }

    private sealed class Reader(Action<object> receive) : UntypedActor
    {
        protected override void OnReceive(object message) => receive(message);
    }
}

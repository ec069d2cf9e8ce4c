using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Supervision;

/// <summary>Many clients at once that do everything wrong at the worst moment.</summary>
public sealed class StampedeTests : SupervisorScene
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_crosses_whatever_no_slot_is_lost_and_every_session_ends_once(int seed)
    {
        var random = new Random(seed);
        Limit(new LimitOptions { MaxConnections = 60, MaxConnectionsPerUser = 8, MaxConnectionsPerIp = 30, WhenFull = WhenFull.CloseOldest });
        var opened = 0;
        var ended = 0;
        var answers = new List<Task<object>>();
        for (var i = 0; i < 600; i++)
        {
            var transport = new FakeTransport(Time.Clock, random.Next(4) == 0 ? FakePeer.NeverAnswers : FakePeer.Answers);
            var awaits = random.Next(4) == 0;
            var question = Make.Question(transport, $"u{random.Next(12)}", $"10.0.0.{random.Next(4)}") with { AwaitsHandler = awaits };
            var answer = await Supervisor.Ask<object>(new SupervisorProtocol.Admit(question), Patience);
            if (answer is not SupervisorProtocol.Admitted admitted) continue;
            transport.Attach(admitted.Connection);
            if (awaits) answers.Add(Supervisor.Ask<object>(new SupervisorProtocol.Confirm(question.Id, $"u{random.Next(12)}", null, null), Patience));
            foreach (var message in Fate(random, question.Id)) admitted.Connection.Tell(message, ActorRefs.NoSender);
            if (random.Next(20) == 0) transport.Broken = new InvalidOperationException("broken");
            if (random.Next(10) == 0) Time.Advance(TimeSpan.FromSeconds(1));
            var report = await Census();
            // 60, and 16 that wait for a connect handler with somebody in view who could make room.
            Assert.InRange(report.Connections, 0, 60 + 16);
            Assert.Equal(report.Connections, report.Hubs.Values.Sum());
        }

        await Task.WhenAll(answers);
        var all = Supervisor.Ask<SupervisorProtocol.AllEnded>(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown)), Patience);
        while (!all.IsCompleted)
        {
            await Census();
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await all;
        Assert.Equal((0, 0), await Counts());
        var alive = new HashSet<ConnectionId>();
        while (Events.HasMessages)
        {
            switch (await Events.ReceiveOneAsync(TimeSpan.Zero))
            {
                case LifecycleEvents.Opened open:
                    Assert.True(alive.Add(open.Session.Id));
                    opened++;
                    break;
                case LifecycleEvents.Ended end:
                    Assert.True(alive.Remove(end.Record.Session.Id), "ended once, and only what had opened");
                    ended++;
                    break;
            }
        }

        Assert.Empty(alive);
        Assert.Equal(opened, ended);
        Assert.True(opened > 100, $"only {opened} sessions opened");
    }

    private static object[] Fate(Random random, ConnectionId id)
    {
        object opened = ConnectionProtocol.Opened.Instance;
        object closed = new ConnectionProtocol.PeerClosed(1000, string.Empty);
        object end = new ConnectionProtocol.End(new EndRequest(EndingCatalogue.ServerClosed));
        return random.Next(9) switch
        {
            0 => [],
            1 => [new ConnectionProtocol.UpgradeFailed($"{id}")],
            2 => [end, opened],
            3 => [opened, closed, end],
            4 => [opened, Kill.Instance],
            5 => [opened, new ConnectionProtocol.Faulted(EndingCatalogue.ConnectionLost, null), PoisonPill.Instance],
            6 => [end, new ConnectionProtocol.UpgradeFailed("late"), opened],
            _ => [opened],
        };
    }
}

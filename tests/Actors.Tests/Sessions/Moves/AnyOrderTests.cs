using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

/// <summary>The promise of a move: while all nodes speak and the session goes from one to the other, each message arrives once, and in order.</summary>
[Collection("actors")]
public sealed class AnyOrderTests
{
    private const int Rounds = 12;
    private const int MessagesPerNode = 60;

    private static RouterProtocol.Scope Ann => new(Make.Hub, User: "ann");

    private static RouterProtocol.Scope Room => new(Make.Hub, Group: "room");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_overtakes_whatever_each_message_arrives_once_and_in_the_order_of_its_node(int seed)
    {
        await using var world = MoveWorld.Of(3, seed);
        var ann = await world[0].EnterAsync(groups: ["room"]);
        var speakers = new List<MoveClient>();
        foreach (var node in world.Nodes) speakers.Add(await node.EnterAsync(null, rights: SessionRights.Of([Compat.SendRole]), subprotocol: null));
        var transports = new ConcurrentBag<FakeTransport> { ann.Transport };
        var expected = new ConcurrentQueue<string>();

        var speaking = world.Nodes.Select((node, i) => SpeakAsync(node, i, speakers[i].Id, ann.Id, new Random((seed * 10) + i), expected)).ToList();
        var last = await WanderAsync(world, ann, transports, new Random(seed));
        foreach (var each in speaking) await each;

        await UntilAsync(() => !expected.Except(Received(transports).Select(r => r.Text)).Any(), () => $"missing: {string.Join(' ', expected.Except(Received(transports).Select(r => r.Text)))}");
        var received = Received(transports);
        Assert.Empty(received.Select(r => r.Text).Except(expected));
        Assert.Equal(Enumerable.Range(1, expected.Count), received.Select(r => r.Sequence));
        Assert.Equal(expected.Order(StringComparer.Ordinal), received.Select(r => r.Text).Order(StringComparer.Ordinal));
        foreach (var stream in received.GroupBy(r => r.Text[..r.Text.IndexOf(':', StringComparison.Ordinal)]))
            Assert.Equal($"{stream.Key} {string.Join(' ', stream.Select(m => Number(m.Text)).Order())}", $"{stream.Key} {string.Join(' ', stream.Select(m => Number(m.Text)))}");
        Assert.Equal(last, Assert.Single(transports, t => !t.Ordered.IsCompleted));
    }

    /// <summary>Each node says to the room, by a client and by the application, to the session alone, and to groups that it has just been put into or out of.</summary>
    private static async Task SpeakAsync(MoveNode node, int index, ConnectionId speaker, ConnectionId ann, Random random, ConcurrentQueue<string> expected)
    {
        var under = new List<Task>();
        for (var n = 0; n < MessagesPerNode; n++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    expected.Enqueue($"app{index}:{n}");
                    under.Add(node.SayAsync(Room, $"app{index}:{n}"));
                    break;
                case 2 or 3:
                    expected.Enqueue($"client{index}:{n}");
                    var publishes = new RouterProtocol.ClientPublishes(speaker, MoveNode.Publication($"client{index}:{n}", "room"), NoEcho: false);
                    node.Router.Tell(publishes, ActorRefs.NoSender);
                    under.Add(publishes.Done.Task);
                    break;
                case 4:
                    expected.Enqueue($"alone{index}:{n}");
                    under.Add(node.SayAsync(new RouterProtocol.Scope(Make.Hub, Connection: ann), $"alone{index}:{n}"));
                    break;
                default:
                    await ComeAndGoAsync(node, index, n, ann, random.Next(2) == 0, expected);
                    break;
            }

            await Task.Yield();
        }

        await Task.WhenAll(under).WaitAsync(MoveWorld.Patience);
    }

    private static async Task ComeAndGoAsync(MoveNode node, int index, int n, ConnectionId ann, bool byUser, ConcurrentQueue<string> expected)
    {
        var group = $"g{index}-{n}";
        if (byUser) await node.Reach.SayAsync<RouterProtocol.Members>(node.Router, Ann, new RouterProtocol.Join(Ann, [group]), MoveWorld.Patience, CancellationToken.None);
        else Assert.True((await node.AskHolderAsync<RouterProtocol.Changed>(ann, new RouterProtocol.JoinGroup(ann, group))).Found);
        expected.Enqueue($"in{index}:{n}");
        await node.SayAsync(new RouterProtocol.Scope(Make.Hub, Group: group), $"in{index}:{n}");
        if (byUser) await node.Reach.SayAsync<RouterProtocol.Members>(node.Router, Ann, new RouterProtocol.Leave(Ann, [group]), MoveWorld.Patience, CancellationToken.None);
        else await node.AskHolderAsync<RouterProtocol.Changed>(ann, new RouterProtocol.LeaveGroup(ann, group));
        await node.SayAsync(new RouterProtocol.Scope(Make.Hub, Group: group), $"out{index}:{n}");
    }

    /// <summary>It is sent away, and its client comes back, wherever; sometimes to two nodes one after the other, sometimes without having been sent away.</summary>
    private static async Task<FakeTransport> WanderAsync(MoveWorld world, MoveClient ann, ConcurrentBag<FakeTransport> transports, Random random)
    {
        var current = ann.Transport;
        for (var round = 0; round < Rounds; round++)
        {
            if (random.Next(3) > 0)
            {
                // Such an order concerns a session only on the node that has it.
                foreach (var node in world.Nodes) node.Supervisor.Tell(new SupervisorProtocol.End(ann.Id, new EndRequest(EndingCatalogue.Rebalance)), ActorRefs.NoSender);
                await current.Ordered.WaitAsync(MoveWorld.Patience);
            }

            var recovered = Assert.IsType<SessionProtocol.Recovered>(await BackAsync(world[random.Next(3)]));
            if (random.Next(3) == 0) recovered = Assert.IsType<SessionProtocol.Recovered>(await BackAsync(world[random.Next(3)]));
            if (random.Next(2) == 0 && Received(transports) is { Count: > 0 } so) recovered.Reliable.Acknowledge((ulong)so.TakeWhile((r, i) => r.Sequence == i + 1).Count());
        }

        return current;

        async Task<object> BackAsync(MoveNode node)
        {
            current = new FakeTransport(TimeProvider.System);
            transports.Add(current);
            return await node.RecoverAsync(ann.Id, current);
        }
    }

    /// <summary>What the client has, by sequence id; what came twice on different transports is one, if it is the same.</summary>
    private static List<(int Sequence, string Text)> Received(IEnumerable<FakeTransport> transports)
    {
        var all = transports.SelectMany(t => t.Sent).Select(m => JsonNode.Parse(m.Payload.Span)!).Select(j => (Sequence: (int)j["sequenceId"]!, Text: (string)j["data"]!)).Distinct().OrderBy(r => r.Sequence).ToList();
        return all;
    }

    private static int Number(string text) => int.Parse(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < MoveWorld.Patience, otherwise());
            await tick.WaitForNextTickAsync();
        }
    }
}

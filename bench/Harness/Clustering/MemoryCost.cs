using ActorSockets.Bench.Harness.Processes;
using ActorSockets.Bench.Harness.Readings;

namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>
/// What users and groups cost on the heaps of a cluster of two: each time so many more of something on the first node, and by how much the live heap of each node
/// grew. Half of the users have their owner on the other node.
/// </summary>
internal static class MemoryCost
{
    public const string Connection = "an idle connection without a user", User = "with a user of its own", Limited = "with a user of its own, under a user limit",
        Group = "a group with one member", Member = "a further member of a group";

    private const int Connections = 4000, Members = 5;

    /// <summary>What a connect scheduled and cancelled stays in the clock's wheel for one turn of it, 20 s.</summary>
    private static readonly TimeSpan Wheel = TimeSpan.FromSeconds(22);

    public static async Task Measure(Layout layout, HarnessOptions options, Children children, MemoryRounds rounds)
    {
        await using var fleet = await NodeFleet.Start(2, layout, options, children);
        var node = fleet.Nodes[0];
        using var clients = new SilentClients();
        var members = new List<GroupMember>();
        try
        {
            // What is paid once is paid before the first reading.
            await clients.Open(node, NodeFleet.Hub, 500, number => $"first-{number}");
            await clients.Open(node, NodeFleet.LimitedHub, 500, number => $"first-{number}");
            for (var i = 0; i < Members * 2; i++)
            {
                members.Add(await GroupMember.Enter(node, $"member-{i}"));
                await members[i].Join(90_000 + i, 1);
            }

            await Task.Delay(Wheel);
            await Grows(Group, Members * GroupMember.Most, TimeSpan.Zero, () => Join(0));
            await Grows(Member, Members * GroupMember.Most, TimeSpan.Zero, () => Join(Members));
            await Grows(Connection, Connections, Wheel, () => clients.Open(node, NodeFleet.Hub, Connections, _ => null));
            await Grows(User, Connections, Wheel, () => clients.Open(node, NodeFleet.Hub, Connections, number => $"user-{number:000000}"));
            var crossed = await fleet.Crossed();
            await Grows(Limited, Connections, Wheel, async () =>
            {
                await clients.Open(node, NodeFleet.LimitedHub, Connections, number => $"user-{number:000000}");
                rounds.CrossedPerConnect.Add((double)(await fleet.Crossed() - crossed) / Connections);
            });
        }
        finally
        {
            foreach (var member in members) member.Dispose();
        }

        async Task Join(int from)
        {
            for (var i = 0; i < Members; i++) await members[from + i].Join(i * GroupMember.Most, GroupMember.Most);
        }

        async Task Grows(string what, int count, TimeSpan settling, Func<Task> grow)
        {
            var before = await Heaps(fleet);
            await grow();
            await Task.Delay(settling);
            var after = await Heaps(fleet);
            rounds.Add(what, (double)(after[0] - before[0]) / count, (double)(after[1] - before[1]) / count);
        }
    }

    private static async Task<long[]> Heaps(NodeFleet fleet)
    {
        // Twice: what the first reading itself leaves behind is collected by the second.
        await Task.WhenAll(fleet.Nodes.Select(node => ManagedHeap.Read(node.ProcessId)));
        return [.. (await Task.WhenAll(fleet.Nodes.Select(node => ManagedHeap.Read(node.ProcessId)))).Select(heap => heap.LiveBytes)];
    }
}

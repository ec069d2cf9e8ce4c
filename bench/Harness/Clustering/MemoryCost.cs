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

    private const int First = 1000, Connections = 8000, Members = 5;

    /// <summary>What a connect scheduled and cancelled stays in the clock's wheel for one turn of it, 20 s.</summary>
    private static readonly TimeSpan Wheel = TimeSpan.FromSeconds(22);

    public static async Task Measure(Layout layout, HarnessOptions options, Children children, MemoryRounds rounds)
    {
        await Groups(layout, options, children, rounds);

        // Each in processes of its own: tables that grow by doubling cost all three the same then, and what is compared is what differs.
        foreach (var what in new[] { Connection, User, Limited }) await Clients(what, layout, options, children, rounds);
    }

    private static async Task Groups(Layout layout, HarnessOptions options, Children children, MemoryRounds rounds)
    {
        await using var fleet = await NodeFleet.Start(2, layout, options, children);
        var members = new List<GroupMember>();
        try
        {
            // What is paid once is paid before the first reading.
            for (var i = 0; i < Members * 2; i++)
            {
                members.Add(await GroupMember.Enter(fleet.Nodes[0], $"member-{i}"));
                await members[i].Join(90_000 + i, 1);
            }

            await Grows(fleet, rounds, Group, Members * GroupMember.Most, TimeSpan.Zero, () => Join(0));
            await Grows(fleet, rounds, Member, Members * GroupMember.Most, TimeSpan.Zero, () => Join(Members));
        }
        finally
        {
            foreach (var member in members) member.Dispose();
        }

        async Task Join(int from)
        {
            for (var i = 0; i < Members; i++) await members[from + i].Join(i * GroupMember.Most, GroupMember.Most);
        }
    }

    private static async Task Clients(string what, Layout layout, HarnessOptions options, Children children, MemoryRounds rounds)
    {
        await using var fleet = await NodeFleet.Start(2, layout, options, children);
        using var clients = new SilentClients();
        await Open(First, "first");
        await Task.Delay(Wheel);
        await Grows(fleet, rounds, what, Connections, Wheel, async () =>
        {
            var crossed = await fleet.Crossed();
            await Open(Connections, "user");
            if (what == Limited) rounds.CrossedPerConnect.Add((double)(await fleet.Crossed() - crossed) / Connections);
        });

        Task Open(int count, string name) =>
            clients.Open(fleet.Nodes[0], what == Limited ? NodeFleet.LimitedHub : NodeFleet.Hub, count, number => what == Connection ? null : $"{name}-{number:000000}");
    }

    private static async Task Grows(NodeFleet fleet, MemoryRounds rounds, string what, int count, TimeSpan settling, Func<Task> grow)
    {
        var before = await Heaps(fleet);
        await grow();
        await Task.Delay(settling);
        var after = await Heaps(fleet);
        rounds.Add(what, (double)(after[0] - before[0]) / count, (double)(after[1] - before[1]) / count);
    }

    private static async Task<long[]> Heaps(NodeFleet fleet)
    {
        // Twice: what the first reading itself leaves behind is collected by the second.
        await Task.WhenAll(fleet.Nodes.Select(node => ManagedHeap.Read(node.ProcessId)));
        return [.. (await Task.WhenAll(fleet.Nodes.Select(node => ManagedHeap.Read(node.ProcessId)))).Select(heap => heap.LiveBytes)];
    }
}

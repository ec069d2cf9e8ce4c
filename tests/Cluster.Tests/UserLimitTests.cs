using System.Diagnostics;
using ActorSockets.Tests.Shared;
using Xunit.Abstractions;

namespace ActorSockets.Cluster.Tests;

/// <summary>Limits of users over several processes, as the clients see them. Starting a cluster takes most of the time, so this is one long story.</summary>
public sealed class UserLimitTests(ITestOutputHelper output)
{
    private const int Limit = 6;
    private const int SmallLimit = 2;

    /// <summary>So many may be closing at a time, outside the limit, where the oldest makes room.</summary>
    private const int Closing = 16;

    /// <summary>Of its removal a dead node's slots are free. It takes much less; when it is removed is the cluster's affair.</summary>
    private static readonly TimeSpan FreeWithin = TimeSpan.FromSeconds(10);

    private const int Clean = 0;
    private const int Left = 9;

    private static readonly string[] Settings =
    [
        .. new[] { ("refuse", "Refuse", Limit), ("oldest", "CloseOldest", SmallLimit), ("idlest", "CloseIdlest", SmallLimit) }.SelectMany(h => new[]
        {
            $"ActorSockets:Hubs:{h.Item1}:Handler=echo", $"ActorSockets:Hubs:{h.Item1}:Limits:WhenFull={h.Item2}", $"ActorSockets:Hubs:{h.Item1}:Limits:MaxConnectionsPerUser={h.Item3}",
        }),

        // Nobody's slot is free before its client has answered, however busy the machine is.
        "ActorSockets:Timers:CloseHandshake=00:00:20", "ActorSockets:Drain:Deadline=00:00:50",
    ];

    [SkippableFact]
    public async Task A_users_limit_holds_at_every_moment_while_nodes_come_go_die_and_stand_still()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: SIGSTOP");
        await using var cluster = await ThreeNodes.StartAsync(Settings);
        GatewayProcess[] nodes = [cluster[0], cluster[1], cluster[2]];

        // Each policy, at three doors at once.
        await CrowdAsync(nodes, "ann", Limit);
        await TheOldestMakesRoomAsync(nodes);
        await TheOldestGoesWhereTheIdlestWouldAsync(nodes);

        // Two more nodes, which take users over from the others, while everybody comes and goes.
        var comings = Come(() => nodes);
        await comings.UntilMoreAsync(50);
        await Task.WhenAll(cluster.AddAsync(Settings), cluster.AddAsync(Settings));
        GatewayProcess[] five = [.. nodes, cluster[3], cluster[4]];
        foreach (var node in five) await cluster.UntilMembersAsync(node, five.Length);
        nodes = five;
        await comings.UntilMoreAsync(50);
        await EndAsync(comings);

        var kept = await LoseTwoAsync(cluster, nodes);

        // One goes in order, while everybody comes and goes.
        nodes = nodes[..3];
        comings = Come(() => nodes);
        await comings.UntilMoreAsync(50);
        await cluster[2].TerminateAsync();
        Assert.Equal(Clean, await cluster[2].ExitAsync());
        nodes = nodes[..2];
        foreach (var node in nodes) await cluster.UntilMembersAsync(node, nodes.Length);
        await comings.UntilMoreAsync(50);
        await EndAsync(comings);

        // No slot was forgotten, and none counted twice.
        foreach (var guest in kept) await guest.LeaveAsync();
        foreach (var user in comings.Users.Keys.Append("bob")) await FillAsync(nodes, user, Limit);
    }

    private static Comings Come(Func<GatewayProcess[]> nodes) => new(nodes, "refuse", "cat", "dan", "eve", "fay", "gus");

    private async Task EndAsync(Comings comings)
    {
        await comings.EndAsync();
        output.WriteLine($"{comings.Admitted} were let in; at most {string.Join(", ", comings.Users.Values.Select(u => u.Most))} at a time");
        Assert.All(comings.Users.Values, u => Assert.InRange(u.Most, 1, Limit));
    }

    /// <summary>Twice as many as may be here knock at once; those who are let in, and they are exactly so many.</summary>
    private static async Task<List<Guest>> CrowdAsync(GatewayProcess[] nodes, string user, int exactly)
    {
        var guests = await Task.WhenAll(Enumerable.Range(0, 2 * Limit).Select(i => AnsweredAsync(nodes[i % nodes.Length], "refuse", user)));
        Assert.Equal(exactly, guests.Count(g => g.IsIn));
        foreach (var refused in guests.Where(g => !g.IsIn))
        {
            Assert.Equal("user-limit", refused.Refusal);
            Assert.StartsWith("HTTP/1.1 429 ", refused.Head, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: ", refused.Head, StringComparison.Ordinal);
        }

        return [.. guests.Where(g => g.IsIn)];
    }

    /// <summary>Knocks until so many are in; then nobody else is let in.</summary>
    private static async Task<List<Guest>> FillAsync(GatewayProcess[] nodes, string user, int room)
    {
        var guests = new List<Guest>();
        await ThreeNodes.UntilAsync(
            async () =>
            {
                var guest = await AnsweredAsync(nodes[guests.Count % nodes.Length], "refuse", user);
                if (guest.IsIn) guests.Add(guest);
                return guests.Count == room;
            },
            $"{room} slots of {user} are free");
        Assert.Empty(await CrowdAsync(nodes, user, 0));
        return guests;
    }

    /// <summary>Knocks again for as long as nobody can say how many there are.</summary>
    private static async Task<Guest> AnsweredAsync(GatewayProcess node, string hub, string user)
    {
        Guest? guest = null;
        await ThreeNodes.UntilAsync(async () => (guest = await Guest.KnockAsync(node, hub, user)) is { Refusal: not "user-limit-unknown" }, $"{user} is counted");
        return guest!;
    }

    private async Task TheOldestMakesRoomAsync(GatewayProcess[] nodes)
    {
        const int clients = 40;
        var (tally, evicted) = (new Tally(), 0);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(async i =>
        {
            Guest guest = null!;

            // Refused only while too many are closing.
            await ThreeNodes.UntilAsync(async () => (guest = await AnsweredAsync(nodes[i % nodes.Length], "oldest", "ann")).IsIn, "it is let in");
            tally.Comes();
            _ = Task.Run(async () =>
            {
                var close = await guest.ClosedAsync();
                tally.Goes();
                if ((close?.CloseCode, close?.CloseText) == (1013, "connection-limit; limit=user")) Interlocked.Increment(ref evicted);
                await guest.LeaveAsync();
            });
        }));

        await ThreeNodes.UntilAsync(() => Task.FromResult(Volatile.Read(ref evicted) == clients - SmallLimit), "all but the newest have made room");
        output.WriteLine($"at most {tally.Most} of {clients} at a time, those included that were closing");
        Assert.Equal(SmallLimit, tally.Now);
        Assert.InRange(tally.Most, SmallLimit, SmallLimit + Closing);
    }

    /// <summary>Who is idle elsewhere is not known, so the user's oldest goes.</summary>
    private static async Task TheOldestGoesWhereTheIdlestWouldAsync(GatewayProcess[] nodes)
    {
        var oldest = await AnsweredAsync(nodes[0], "idlest", "ann");
        var idlest = await AnsweredAsync(nodes[1], "idlest", "ann");
        Assert.Equal("busy", await oldest.EchoAsync("busy"));

        var newest = await AnsweredAsync(nodes[2], "idlest", "ann");

        var close = await oldest.ClosedAsync();
        Assert.Equal((1013, "connection-limit; limit=user"), (close?.CloseCode, close?.CloseText));
        foreach (var stays in new[] { idlest, newest }) Assert.Equal("here", await stays.EchoAsync("here"));
        foreach (var guest in new[] { oldest, idlest, newest }) await guest.LeaveAsync();
    }

    /// <summary>One node dies and another stands still. Their slots are free once they are removed, and the one that wakes closes what is too many.</summary>
    private async Task<List<Guest>> LoseTwoAsync(ThreeNodes cluster, GatewayProcess[] nodes)
    {
        var (dead, still, survivors) = (nodes[3], nodes[4], nodes[..3]);
        List<Guest> lost = [], asleep = [], kept = [];
        for (var i = 0; i < Limit / 3; i++)
        {
            lost.Add(await AnsweredAsync(dead, "refuse", "bob"));
            asleep.Add(await AnsweredAsync(still, "refuse", "bob"));
            kept.Add(await AnsweredAsync(survivors[i], "refuse", "bob"));
        }

        Assert.All(lost.Concat(asleep).Concat(kept), g => Assert.True(g.IsIn));
        string[] gone = [await cluster.IdAsync(dead), await cluster.IdAsync(still)];
        await dead.SignalAsync("KILL");
        await still.SignalAsync("STOP");
        var clock = Stopwatch.StartNew();

        // As long as they are members they count: every survivor misses them still after the answer.
        var early = await Guest.KnockAsync(survivors[0], "refuse", "bob");
        var missed = await Task.WhenAll(survivors.Select(n => cluster.GetAsync(n, "/admin/v1/nodes")));
        if (missed.All(m => m["missing"]?.AsArray().Select(n => (string)n!).Intersect(gone).Count() == gone.Length)) Assert.False(early!.IsIn);

        foreach (var node in survivors) await cluster.UntilMembersAsync(node, survivors.Length);
        var removed = clock.Elapsed;
        var more = await FillAsync(survivors, "bob", lost.Count + asleep.Count - (early is { IsIn: true } ? 1 : 0));
        if (early is { IsIn: true }) more.Add(early);
        output.WriteLine($"removed {removed.TotalSeconds:0.0} s after the end, free again {(clock.Elapsed - removed).TotalSeconds:0.00} s after that");
        Assert.InRange(clock.Elapsed - removed, TimeSpan.Zero, FreeWithin);

        await still.SignalAsync("CONT");
        foreach (var guest in asleep)
        {
            Assert.Equal(1001, (await guest.ClosedAsync())?.CloseCode);
            await guest.LeaveAsync();
        }

        Assert.Equal(Left, await still.ExitAsync());
        foreach (var guest in kept.Concat(more)) Assert.Equal("here", await guest.EchoAsync("here"));
        foreach (var guest in lost) guest.Dispose();
        return [.. kept, .. more];
    }
}

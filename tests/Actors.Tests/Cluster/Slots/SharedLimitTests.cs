using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Actors.Tests.Cluster.Slots;

/// <summary>One limit over three nodes: real actors, remoting and membership.</summary>
[Collection("actors")]
public sealed class SharedLimitTests
{
    [Fact]
    public async Task A_crowd_of_one_user_at_all_nodes_at_once_gets_as_many_sessions_as_the_limit_says()
    {
        await using var scene = await SharedLimitScene.StartAsync(3, new LimitOptions { MaxConnectionsPerUser = 3 });

        var users = new[] { "ann", "bob", "eve" };
        var tries = await Task.WhenAll(Enumerable.Range(0, 90).Select(i => scene.Connect(i % 3, users[i / 3 % 3])));

        Assert.All(users, user => Assert.Equal(3, tries.Count(t => t?.Info.UserId == user)));
        await scene.UntilConnected(9);
        tries.First(t => t?.Info.UserId == "ann")!.Leave();
        await scene.UntilConnected(8);
        await scene.ConnectInTheEnd(2, "ann");
        Assert.Null(await scene.Connect(1, "ann"));
    }

    [Theory]
    [InlineData(WhenFull.CloseOldest)]
    [InlineData(WhenFull.CloseIdlest)]
    public async Task Where_the_oldest_makes_room_it_does_so_on_whatever_node_it_is(WhenFull policy)
    {
        await using var scene = await SharedLimitScene.StartAsync(3, new LimitOptions { MaxConnectionsPerUser = 2, WhenFull = policy });
        var first = (await scene.Connect(0, "ann"))!;
        await scene.UntilConnected(1);
        var second = (await scene.Connect(1, "ann"))!;
        await scene.UntilConnected(2);

        // For the owner both may still be opening; then nobody can make room yet, and the client comes again.
        var third = await scene.ConnectInTheEnd(2, "ann");

        Assert.Equal(EndingCatalogue.ConnectionLimit, (await first.Transport.Ordered.WaitAsync(TimeSpan.FromSeconds(20))).Ending);
        await scene.UntilConnected(2);
        Assert.False(second.IsClosing);
        Assert.False(third.IsClosing);

        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => scene.Connect(i % 3, "ann")));
        await scene.UntilConnected(2);
    }

    [Fact]
    public async Task A_dead_nodes_slots_are_free_when_it_is_removed_and_the_others_slots_still_count()
    {
        await using var scene = await SharedLimitScene.StartAsync(3, new LimitOptions { MaxConnectionsPerUser = 3 });

        // Whoever dies owns some of these users, and holds one session of each.
        var users = Enumerable.Range(0, 12).Select(i => $"user{i}").ToList();
        foreach (var user in users)
            for (var node = 0; node < 3; node++) Assert.NotNull(await scene.Connect(node, user));
        await scene.UntilConnected(36);

        await scene.Cluster.CrashAsync(scene.Cluster.Nodes[2]);
        await ClusterScene.UntilAsync(() => scene.Cluster.Nodes.All(n => n.Now.Others.Count == 1), "the dead one is removed");

        var again = await Task.WhenAll(users.SelectMany(u => new[] { scene.Connect(0, u), scene.Connect(1, u) }));
        Assert.Equal(users.Count, again.Count(s => s is not null));
        await scene.UntilConnected(36);
    }

    [Fact]
    public async Task A_node_that_comes_takes_over_users_with_what_they_hold()
    {
        await using var scene = await SharedLimitScene.StartAsync(2, new LimitOptions { MaxConnectionsPerUser = 2 });
        var users = Enumerable.Range(0, 12).Select(i => $"user{i}").ToList();
        foreach (var user in users)
            for (var node = 0; node < 2; node++) Assert.NotNull(await scene.Connect(node, user));

        await scene.AddAsync();

        var more = await Task.WhenAll(users.SelectMany(u => Enumerable.Range(0, 3).Select(n => scene.Connect(n, u))));
        Assert.All(more, Assert.Null);
        await scene.UntilConnected(24);
    }

    [Fact]
    public async Task A_limit_that_is_set_later_counts_those_who_are_there()
    {
        await using var scene = await SharedLimitScene.StartAsync(3, new LimitOptions());
        for (var node = 0; node < 3; node++) Assert.NotNull(await scene.Connect(node, "ann"));

        scene.Limit(new LimitOptions { MaxConnectionsPerUser = 3 });

        Assert.Null(await scene.Connect(0, "ann"));
        Assert.NotNull(await scene.Connect(0, "bob"));
    }
}

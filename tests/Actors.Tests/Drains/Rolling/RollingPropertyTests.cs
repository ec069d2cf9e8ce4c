using ActorSockets.Actors.Drains.Rolling;

namespace ActorSockets.Actors.Tests.Drains.Rolling;

/// <summary>Whatever is lost or late, and whoever dies: one node at a time, none twice, and it comes to its end.</summary>
public sealed class RollingPropertyTests
{
    private const int Worlds = 100;
    private const int Longest = 20_000;

    [Fact]
    public void Every_node_is_drained_once_and_one_at_a_time_when_messages_are_late_doubled_or_lost()
    {
        for (var seed = 0; seed < Worlds; seed++)
        {
            var world = new RollingWorld(seed, 2 + (seed % 5));
            world.Begin(world.Any());

            Until(world, seed, lossy: true, () => Over(world));

            Assert.All(world.Nodes, n => Assert.Equal(1, n.Starts));
            Assert.All(world.Nodes, n => Assert.True(n.Serves, $"seed {seed}: {n.Name} does not serve"));
            foreach (var node in world.Nodes) Assert.All(node.Rolling.Nodes, n => Assert.Equal(NodePhase.Done, n.Phase));
        }
    }

    [Fact]
    public void The_death_of_nodes_whoever_drives_included_neither_stops_nor_repeats_it()
    {
        for (var seed = 0; seed < Worlds; seed++)
        {
            var random = new Random(seed);
            var world = new RollingWorld(seed, 3 + (seed % 4));
            var first = world.Any();
            world.Begin(first);
            Until(world, seed, lossy: true, () => world.Nodes.All(n => n.Knows));

            // At least two are left, or nobody could carry the clients.
            for (var deaths = 1 + random.Next(world.Nodes.Count - 2); deaths > 0; deaths--)
            {
                Steps(world, seed, random.Next(200));
                world.Any().IsAlive = false;
            }

            Until(world, seed, lossy: true, () => Over(world));

            Assert.All(world.Nodes, n => Assert.InRange(n.Starts, 0, 1));
            Assert.All(world.Alive, n => Assert.True(n.Serves, $"seed {seed}: {n.Name} does not serve"));
            Assert.All(world.Alive, n => Assert.Equal(NodePhase.Done, world.Alive.First().Rolling.Nodes.Single(d => d.Node == n.Name).Phase));
        }
    }

    [Fact]
    public void Whoever_drove_and_stood_still_does_no_harm_when_it_wakes_outside()
    {
        for (var seed = 0; seed < Worlds; seed++)
        {
            var random = new Random(seed);
            var world = new RollingWorld(seed, 4 + (seed % 3));
            world.Begin(world.Any());
            Until(world, seed, lossy: true, () => world.Nodes.All(n => n.Knows));
            Steps(world, seed, random.Next(200));

            // It is the first in order, so it drives.
            var driver = world.Nodes[0];
            driver.IsOutside = true;
            Steps(world, seed, random.Next(400));
            driver.IsAlive = false;

            Until(world, seed, lossy: true, () => Over(world));

            Assert.All(world.Nodes, n => Assert.InRange(n.Starts, 0, 1));
            Assert.All(world.Alive, n => Assert.True(n.Serves, $"seed {seed}: {n.Name} does not serve"));
        }
    }

    [Fact]
    public void A_cancelled_one_leaves_every_node_serving()
    {
        for (var seed = 0; seed < Worlds; seed++)
        {
            var world = new RollingWorld(seed, 3);
            world.Begin(world.Any());
            Until(world, seed, lossy: true, () => world.Nodes.All(n => n.Knows));
            Steps(world, seed, new Random(seed).Next(150));
            world.Give(world.Any(), (drain, stamp) => RollingRegister.Cancelled(drain, world.Now(), stamp));

            Until(world, seed, lossy: true, () => Over(world));

            Assert.All(world.Nodes, n => Assert.InRange(n.Starts, 0, 1));
            Assert.All(world.Nodes, n => Assert.True(n.Serves, $"seed {seed}: {n.Name} does not serve"));
        }
    }

    [Fact]
    public void While_it_is_paused_no_other_node_begins()
    {
        for (var seed = 0; seed < Worlds / 3; seed++)
        {
            var world = new RollingWorld(seed, 3);
            world.Begin(world.Any());
            Until(world, seed, lossy: true, () => world.Nodes.All(n => n.Knows));
            Steps(world, seed, new Random(seed).Next(100));
            foreach (var node in world.Nodes) world.Give(node, (drain, stamp) => RollingRegister.Will(drain, true, stamp));
            var starts = world.Nodes.Sum(n => n.Starts);

            // The one under way had been decided on.
            Steps(world, seed, 500);
            Assert.InRange(world.Nodes.Sum(n => n.Starts), starts, starts + 1);

            world.Give(world.Any(), (drain, stamp) => RollingRegister.Will(drain, false, stamp));
            Until(world, seed, lossy: true, () => Over(world));
            Assert.All(world.Nodes, n => Assert.Equal(1, n.Starts));
        }
    }

    /// <summary>And all know the same.</summary>
    private static bool Over(RollingWorld world) =>
        world.Alive.All(n => n.Knows && n.Rolling.IsOver && n.Register.Digest.Same(world.Alive.First().Register.Digest));

    private static void Until(RollingWorld world, int seed, bool lossy, Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            if (i == Longest) Assert.Fail($"seed {seed}: not over; {string.Join(", ", world.Alive.First().Rolling.Nodes.Select(n => $"{n.Node} {n.Phase}"))}");
            Step(world, seed, lossy);
        }
    }

    private static void Steps(RollingWorld world, int seed, int count)
    {
        for (var i = 0; i < count; i++) Step(world, seed, lossy: true);
    }

    private static void Step(RollingWorld world, int seed, bool lossy)
    {
        world.Happen(lossy);
        var refusing = world.Nodes.Where(n => n is { IsAlive: true, IsOutside: false, Serves: false }).ToList();
        Assert.True(refusing.Count <= 1, $"seed {seed}: {string.Join(" and ", refusing.Select(n => n.Name))} refuse at once");
    }
}

using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace ActorSockets.Actors.Tests.Cluster;

[Collection("actors")]
public sealed class ClusterSizeWatchTests : TestKit
{
    private readonly VirtualTime _time;
    private readonly Live<Membership> _membership = new(Membership.Alone("box-a", "a"));
    private readonly IActorRef _watch;
    private readonly TestProbe _log;

    public ClusterSizeWatchTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        _log = CreateTestProbe();
        Sys.EventStream.Subscribe(_log, typeof(Warning));
        _watch = Sys.ActorOf(ClusterSizeWatch.Props(_membership));
    }

    [Fact]
    public async Task Two_nodes_that_stay_two_are_warned_of_once()
    {
        await SeeAsync("b");
        await PassAsync(ClusterSizeWatch.Allowed - TimeSpan.FromSeconds(1));
        Assert.Empty(await WarningsAsync());

        await PassAsync(TimeSpan.FromSeconds(1));
        await SeeAsync("b");
        await PassAsync(ClusterSizeWatch.Allowed * 3);

        Assert.Contains("two nodes", Assert.Single(await WarningsAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("b", "c")]
    public async Task One_node_and_three_are_in_order(params string[] others)
    {
        await SeeAsync("b");
        await PassAsync(ClusterSizeWatch.Allowed / 2);

        await SeeAsync(others);
        await PassAsync(ClusterSizeWatch.Allowed * 3);

        Assert.Empty(await WarningsAsync());
    }

    [Fact]
    public async Task A_cluster_that_has_become_two_again_is_warned_of_again()
    {
        foreach (var others in new string[][] { ["b"], ["b", "c"], ["b"] })
        {
            await SeeAsync(others);
            await PassAsync(ClusterSizeWatch.Allowed);
        }

        Assert.Equal(2, (await WarningsAsync()).Count);
    }

    /// <summary>Those since the last time. What was logged before this is called comes before the mark.</summary>
    private async Task<IReadOnlyList<string>> WarningsAsync()
    {
        const string mark = "mark";
        Sys.EventStream.Publish(new Warning(null, "test", GetType(), mark));
        var texts = new List<string>();
        while ((await _log.ExpectMsgAsync<Warning>()).Message.ToString() is { } text and not mark) texts.Add(text);
        return texts;
    }

    private async Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        await SettleAsync();
    }

    private async Task SeeAsync(params string[] others)
    {
        var before = _membership.Current;
        _membership.Publish(before with { Others = [.. others.Select(tag => new MemberNode($"box-{tag}", tag, new Address("akka", tag), 1, MemberState.Up, true))] });
        _watch.Tell(new MembershipChanged(before, _membership.Current), ActorRefs.NoSender);
        await SettleAsync();
    }

    /// <summary>What it was told before, it has done.</summary>
    private async Task SettleAsync() => await _watch.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(20));
}

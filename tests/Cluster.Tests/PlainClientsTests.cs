using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorSockets.Regulars;
using Xunit.Abstractions;

namespace ActorSockets.Cluster.Tests;

/// <summary>Maintenance of a whole cluster, as plain clients behind a balancer see it.</summary>
[Collection(ServingCluster.Name)]
public sealed partial class PlainClientsTests(ServingCluster serving, ITestOutputHelper output)
{
    private const int Clients = 2000;

    /// <summary>Longer than the closes of a node take, so it is the window of the returns.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(10);

    /// <summary>The last slot may lie so far behind the window: no client is sent back before its close is done.</summary>
    private static readonly TimeSpan SlotSlack = TimeSpan.FromMilliseconds(500);

    /// <summary>From its slot until a client has its answer, on a machine that is busy with everybody else's. Nine of ten must make it.</summary>
    private static readonly TimeSpan Knocking = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Each_of_two_thousand_plain_clients_is_closed_once_per_node_at_most_told_when_to_come_back_and_finds_a_place()
    {
        await using var balancer = await serving.BalancerAsync();
        using var regulars = RegularsProcess.Start(balancer.Door.Port, Clients, "echo");
        Assert.Equal($"here {Clients}", await regulars.ComeAsync());

        var progress = (await Maintenance.RollAsync(serving.Cluster, Spread))["progress"]!;

        // The last to come back are still on their way through the balancer when their node counts them.
        ILookup<int, Attempt> attempts = null!;
        await ThreeNodes.UntilAsync(
            async () =>
            {
                attempts = await regulars.ReportAsync();
                return attempts.All(a => a.Last().IsHere);
            },
            "all are back");
        var returns = Show(attempts, progress);
        Assert.InRange(returns[returns.Count * 9 / 10], 0, (long)(Spread + SlotSlack + Knocking).TotalMilliseconds);
        Assert.Equal((int)progress["total"]!, (int)progress["clean"]!);
        Assert.Equal((int)progress["total"]!, attempts.SelectMany(a => a).Count(a => a.ClosedAt is not null));

        var longest = (long)(Spread + SlotSlack).TotalMilliseconds;
        var knocks = balancer.Carried.ToArray().ToLookup(c => int.Parse(Name().Match(c.Line).Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), c => c.Node);
        for (var client = 0; client < Clients; client++)
        {
            var seen = attempts[client].Zip(knocks[client], (attempt, node) => (Attempt: attempt, Node: node)).ToList();
            Assert.Equal(attempts[client].Count(), knocks[client].Count());

            var closed = seen.Where(s => s.Attempt.ClosedAt is not null).ToList();
            Assert.All(closed, s => Assert.Equal((1012, true), (s.Attempt.Code, Maintained().IsMatch(s.Attempt.Text))));
            Assert.All(closed, s => Assert.InRange(s.Attempt.Wait!.Value, 0, longest));
            Assert.Equal(closed.Count, closed.Select(s => s.Node).Distinct().Count());
            Assert.All(seen, s => Assert.True(s.Attempt.Status is 101 or 503, $"{s.Attempt}"));
            Assert.InRange(seen.Count(s => s.Attempt.Status == 503), 0, 1);
        }
    }

    /// <summary>For each close the milliseconds until its client was at the door again, the shortest first.</summary>
    private List<long> Show(ILookup<int, Attempt> attempts, JsonNode progress)
    {
        var refused = attempts.Sum(a => a.Count(b => b.Status != 101));
        var returns = attempts.SelectMany(a => a.Zip(a.Skip(1), (closed, back) => back.AnsweredAt - closed.ClosedAt ?? 0)).Order().ToList();
        output.WriteLine(progress.ToJsonString());
        output.WriteLine($"{returns.Count} came back, after {returns[returns.Count / 2]} ms in the middle and {returns[^1]} ms at most; {refused} were refused");
        return returns;
    }

    [GeneratedRegex(@"[?&]name=(\d+)")]
    private static partial Regex Name();

    [GeneratedRegex("^maintenance; retry-after-ms=[0-9]+$")]
    private static partial Regex Maintained();
}

using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Routing;
using ActorSockets.Integration.Tests.Hosting;
using Akka.Actor;

namespace ActorSockets.Integration.Tests.Drains;

/// <summary>What tests ask of the drains of a gateway.</summary>
internal static class DrainCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static DrainOrder OfHub(string hub) => new() { Select = new ConnectionSelector { Hub = hub } };

    public static async Task<DrainView> DrainAsync(this GatewayHost gateway, DrainOrder order) =>
        Assert.IsType<DrainProtocol.Started>(await gateway.Actors().Drains.Ask<object>(new DrainProtocol.Start(order), Patience)).Drain;

    public static async Task<DrainView> LookAsync(this GatewayHost gateway, string id) =>
        Assert.IsType<DrainProtocol.Found>(await gateway.Actors().Drains.Ask<object>(new DrainProtocol.Get(id), Patience)).Drain;

    public static async Task<DrainView> OverAsync(this GatewayHost gateway, string id) =>
        Assert.IsType<DrainProtocol.Over>(await gateway.Actors().Drains.Ask<object>(new DrainProtocol.WhenOver(id), Patience)).Drain;

    public static Task<object> OrderAsync(this GatewayHost gateway, DrainProtocol.ICrossing command) => gateway.Actors().Drains.Ask<object>(command, Patience);

    /// <summary>
    /// Looks once a second until it is over. For each second how far the closes were, at its end, ahead of the plan as it was at its
    /// begin (those left over the time left), as a share of all and less than 0 where they were behind; and how it ended.
    /// </summary>
    public static async Task<(List<double> Distances, DrainView Over)> WatchAsync(this GatewayHost gateway, string id)
    {
        var distances = new List<double>();
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (var before = await gateway.LookAsync(id); ;)
        {
            await second.WaitForNextTickAsync();
            var now = await gateway.LookAsync(id);
            if (now.IsOver) return (distances, now);
            var (passed, rest) = (now.Progress.Elapsed - before.Progress.Elapsed, before.Plan.ClosesUntil - before.Plan.StartsAt - before.Progress.Elapsed);
            var planned = rest <= passed ? before.Progress.Remaining : before.Progress.Remaining * (passed / rest);
            distances.Add((before.Progress.Remaining - now.Progress.Remaining - planned) / now.Progress.Total);
            before = now;
        }
    }

    /// <summary>
    /// Nobody goes before his time: no second is ahead of the plan by more than a fiftieth, also not the one after a stall, because
    /// what was missed is no reason for a burst. How far a second falls behind is a matter of what else the machine has to do, so
    /// that is asked of the middle one only; the tests in virtual time know it to the tick.
    /// </summary>
    public static void AreOnThePlan(List<double> distances)
    {
        var all = string.Join(' ', distances.Select(d => $"{d:P1}"));
        Assert.True(distances.Max() <= 0.02, all);
        Assert.True(distances.Order().ElementAt(distances.Count / 2) >= -0.05, all);
    }

    public static TimeSpan SlotOf(string closeText) =>
        TimeSpan.FromMilliseconds(int.Parse(closeText.Split("retry-after-ms=")[1], System.Globalization.CultureInfo.InvariantCulture));
}

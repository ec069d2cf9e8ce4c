using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin;
using Akka.Actor;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>
/// The drains of all nodes. One that concerns several is one on each, under the same id: every node empties itself at its own even pace, and what is
/// told of the drain is the sum. So there is nobody in the middle whose end would stop it.
/// </summary>
internal sealed partial class ClusterDrains(IAdminActors actors, Reach reach, Live<NodeSettings> settings, TimeProvider time)
{
    /// <summary>Under <c>/user</c>, on every node.</summary>
    internal const string Name = "drains";

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>One of <see cref="Started"/>, <see cref="Planned"/>, <see cref="PlannedByNode"/>, <see cref="Impossible"/>, <see cref="Rejected"/>, <see cref="Conflict"/>; nothing began unless it is the first.</summary>
    internal async Task<object> StartAsync(DrainOrder order, TimeSpan patience, CancellationToken cancellation)
    {
        var now = reach.Now;
        if (order.Rolling) return await StartRollingAsync(order, patience, cancellation);
        if (order.Rebalance) return await StartRebalanceAsync(order, patience, cancellation);
        if (now.IsAlone) return (await AskAsync(now.Self, new Start(order), patience, cancellation))!;
        if (order.Select.Node is { } node)
        {
            if (now.Find(node) is not { } member) return new Rejected("select", $"names a node that is not in the cluster: {node}");
            return await AskAsync(member, new Start(order), patience, cancellation) ?? NoAnswer(node);
        }

        // Judged everywhere before it begins anywhere.
        var judged = await AskAllAsync(new Start(order with { DryRun = true }), patience, cancellation);
        if (judged.All.FirstOrDefault(a => a is not Planned) is { } no) return no;
        var plans = judged.Answers.Select(a => (a.Member, ((Planned)a.Answer).Plan)).ToList();
        if (order.DryRun) return new Planned(DrainSum.Of([.. plans.Select(p => p.Plan)]));
        return await BeginAsync(order, plans, judged.Missing, patience, cancellation);
    }

    /// <summary>As all nodes together have it; null when none knows it.</summary>
    internal async Task<DrainView?> GetAsync(string id, TimeSpan patience, CancellationToken cancellation)
    {
        var answers = await AskAllAsync(new Get(id), patience, cancellation);
        return DrainSum.Of([.. answers.All.OfType<Found>().Select(f => f.Drain)], answers.Missing) ?? await GetRollingAsync(id, patience, cancellation);
    }

    /// <summary>Newest first.</summary>
    internal async Task<(IReadOnlyList<DrainView> Drains, IReadOnlyList<string> Missing)> ListAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var answers = await AskAllAsync(List.Instance, patience, cancellation);
        var drains = answers.All.OfType<Listed>().SelectMany(l => l.Drains).GroupBy(d => d.Id, StringComparer.Ordinal);
        var rolling = await ListRollingAsync(patience, cancellation);
        return ([.. drains.Select(d => DrainSum.Of([.. d], [])!).Concat(rolling).OrderByDescending(d => d.OrderedAt).ThenBy(d => d.Id, StringComparer.Ordinal)], answers.Missing);
    }

    /// <summary>Pause, resume or cancel, on every node that has a part in it. <see cref="Changed"/> when one of them changed it.</summary>
    internal async Task<object> GiveAsync(ICrossing order, string id, TimeSpan patience, CancellationToken cancellation)
    {
        if (await GiveRollingAsync(order, id, patience, cancellation) is { } answer) return answer;
        var answers = await AskAllAsync(order, patience, cancellation);
        if (answers.All.OfType<Changed>().FirstOrDefault() is { } changed)
            return answers.Answers.Count == 1 ? changed : new Changed(await GetAsync(id, patience, cancellation) ?? changed.Drain);
        return (object?)answers.All.OfType<Conflict>().FirstOrDefault() ?? Unknown.Instance;
    }

    /// <summary>
    /// When no node is at it any more; null when none knows it. On one node it is told; of several it is asked again and again, so that a node that
    /// dies or stands still in between ends no wait.
    /// </summary>
    /// <exception cref="TimeoutException">It is not over after <paramref name="longest"/>.</exception>
    internal async Task<DrainView?> WhenOverAsync(string id, TimeSpan longest, CancellationToken cancellation)
    {
        if (reach.Now.IsAlone) return await ToldAsync(id, longest, cancellation);
        var begun = time.GetTimestamp();
        using var look = new PeriodicTimer(LookEvery, time);
        do
        {
            try
            {
                // Not asked again for what it became: those that are long over are forgotten.
                var drain = await GetAsync(id, AdminAsk.Default.Patience, cancellation);
                if (drain is not { IsOver: false }) return drain;
            }
            catch (AskTimeoutException)
            {
                // This node stood still; the drain did not end by that.
            }

            if (time.GetElapsedTime(begun) > longest) throw new TimeoutException();
        }
        while (await look.WaitForNextTickAsync(cancellation));
        return null;
    }

    /// <summary>For a caller that has gone: nobody waits for what becomes of it.</summary>
    internal async Task CancelAsync(string id, TimeSpan patience)
    {
        if (reach.Now.IsAlone)
        {
            actors.Drains.Tell(new Cancel(id), ActorRefs.NoSender);
            return;
        }

        try
        {
            await GiveAsync(new Cancel(id), id, patience, CancellationToken.None);
        }
        catch (AskTimeoutException)
        {
            // The others have been told all the same.
        }
    }

    private async Task<DrainView?> ToldAsync(string id, TimeSpan longest, CancellationToken cancellation)
    {
        try
        {
            return await actors.Drains.Ask<object>(new WhenOver(id), longest, cancellation) is Over over ? over.Drain : null;
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException(null, e);
        }
    }

    private async Task<object> BeginAsync(
        DrainOrder order, IReadOnlyList<(MemberNode Member, DrainPlan Plan)> plans, IReadOnlyList<string> missing, TimeSpan patience, CancellationToken cancellation)
    {
        var id = DrainId.New();
        var total = plans.Sum(p => p.Plan.Connections);
        var begun = await Task.WhenAll(plans.Select(async p => (
            p.Member.Node, Answer: await AskAsync(p.Member, new Start(order with { Id = id, PerSecond = Share(order.PerSecond, p.Plan.Connections, total), AtMost = order.Rebalance ? p.Plan.Connections : null }), patience, cancellation))));
        if (begun.FirstOrDefault(b => b.Answer is not (null or Started)) is { Answer: { } no })
        {
            await GiveAsync(new Cancel(id), id, patience, cancellation);
            return no;
        }

        var silent = begun.Where(b => b.Answer is null).Select(b => b.Node);
        return new Started(DrainSum.Of([.. begun.Select(b => b.Answer).OfType<Started>().Select(s => s.Drain)], [.. missing.Concat(silent).Order(StringComparer.Ordinal)])!);
    }

    /// <summary>The cap is of all nodes together; each gets as much of it as it has of the connections.</summary>
    private static double? Share(double? perSecond, int connections, int total) =>
        perSecond is { } cap && connections > 0 ? cap * connections / total : null;

    private async Task<object?> AskAsync(MemberNode member, ICrossing question, TimeSpan patience, CancellationToken cancellation) =>
        (await reach.AskOneAsync<object>(member, actors.Drains, Name, question, patience, cancellation)).All.FirstOrDefault();

    private Task<Gathered<object>> AskAllAsync(ICrossing question, TimeSpan patience, CancellationToken cancellation) =>
        reach.AskAllAsync<object>(actors.Drains, Name, question, patience, cancellation);

    private static Conflict NoAnswer(string node) => new($"Node {node} does not answer.", DrainState.Scheduled);
}

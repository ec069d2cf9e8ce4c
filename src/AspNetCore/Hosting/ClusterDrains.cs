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

    /// <summary>
    /// One of <see cref="Started"/>, <see cref="Planned"/>, <see cref="PlannedByNode"/>, <see cref="Impossible"/>, <see cref="Rejected"/>, <see cref="Conflict"/>, <see cref="Silent"/>, <see cref="Doubtful"/>;
    /// nothing began unless it is the first, and may have where it is the last.
    /// </summary>
    /// <param name="order">What to do.</param>
    /// <param name="patience">For every node: before it answers it looks at everybody it has.</param>
    /// <param name="cancellation">Stops waiting.</param>
    internal async Task<object> StartAsync(DrainOrder order, TimeSpan patience, CancellationToken cancellation)
    {
        var now = reach.Now;
        if (order.Rolling) return await StartRollingAsync(order, patience, cancellation);
        if (order.Rebalance) return await StartRebalanceAsync(order, patience, cancellation);
        if (now.IsAlone) return await StartOnAsync(now.Self, order, patience, cancellation);
        if (order.Select.Node is { } node)
        {
            if (now.Find(node) is not { } member) return new Rejected("select", $"names a node that is not in the cluster: {node}");
            return await StartOnAsync(member, order, patience, cancellation);
        }

        return await StartOnAllAsync(order, patience, cancellation);
    }

    /// <summary>As all nodes together have it; null when none that answers knows it, and then those that are missing may.</summary>
    internal async Task<(DrainView? Drain, IReadOnlyList<string> Missing)> GetAsync(string id, TimeSpan patience, CancellationToken cancellation)
    {
        if (await KnownRollingAsync(new Get(id), patience, cancellation) is Found { Drain: var known }) return (known, known.Missing);
        var elsewhere = RollingElsewhereAsync(new Get(id), id, patience, cancellation);
        var answers = await AskAllAsync(new Get(id), patience, cancellation);
        var rolling = await elsewhere as Found;
        return (DrainSum.Of([.. answers.All.OfType<Found>().Select(f => f.Drain)], answers.Missing) ?? rolling?.Drain, answers.Missing);
    }

    /// <summary>Newest first.</summary>
    internal async Task<(IReadOnlyList<DrainView> Drains, IReadOnlyList<string> Missing)> ListAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var answers = await AskAllAsync(List.Instance, patience, cancellation);
        var drains = answers.All.OfType<Listed>().SelectMany(l => l.Drains).GroupBy(d => d.Id, StringComparer.Ordinal);
        var rolling = await ListRollingAsync(patience, cancellation);
        return ([.. drains.Select(d => DrainSum.Of([.. d], answers.Missing)!).Concat(rolling).OrderByDescending(d => d.OrderedAt).ThenBy(d => d.Id, StringComparer.Ordinal)], answers.Missing);
    }

    /// <summary>
    /// Pause, resume or cancel, on every node that has a part in it. <see cref="Changed"/> when one of them changed it; <see cref="Silent"/> when none did and one that may
    /// have a part did not answer.
    /// </summary>
    internal async Task<object> GiveAsync(ICrossing order, string id, TimeSpan patience, CancellationToken cancellation)
    {
        if (await GiveRollingAsync(order, id, patience, cancellation) is { } mine) return mine;
        var elsewhere = RollingElsewhereAsync(order, id, patience, cancellation);
        var answers = await AskAllAsync(order, patience, cancellation);
        if (await elsewhere is { } rolling) return rolling;
        if (answers.All.OfType<Changed>().FirstOrDefault() is { } changed)
            return reach.Now.IsAlone ? changed : new Changed((await GetAsync(id, patience, cancellation)).Drain ?? changed.Drain);
        object no = (object?)answers.All.OfType<Conflict>().FirstOrDefault() ?? Unknown.Instance;
        if (answers.IsWhole) return no;
        return await GetAsync(id, patience, cancellation) is { Drain: { Missing.Count: 0 } } ? no : new Silent(answers.Missing);
    }

    /// <summary>
    /// When no node is at it any more; null when none knows it. On one node it is told; of several it is asked again and again, so that a node that
    /// dies or stands still in between ends no wait. One that does not answer is waited for until it does, or is no member any more.
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
                var (drain, missing) = await GetAsync(id, AdminAsk.Default.Patience, cancellation);
                if (drain is { IsOver: true } || (drain is null && missing.Count == 0)) return drain;
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

    private async Task<object?> AskAsync(MemberNode member, ICrossing question, TimeSpan patience, CancellationToken cancellation, TimeSpan? others = null) =>
        (await reach.AskOneAsync<object>(member, actors.Drains, Name, question, patience, cancellation, others)).All.FirstOrDefault();

    private Task<Gathered<object>> AskAllAsync(ICrossing question, TimeSpan patience, CancellationToken cancellation, TimeSpan? others = null) =>
        reach.AskAllAsync<object>(actors.Drains, Name, question, patience, cancellation, others);
}

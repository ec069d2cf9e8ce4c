using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Drains;
using Akka.Actor;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>From an order to drains that run, on one node or on all.</summary>
internal sealed partial class ClusterDrains
{
    /// <summary>The id is chosen here, so that a drain of which nothing is heard has a name, and can be called off.</summary>
    private async Task<object> StartOnAsync(MemberNode member, DrainOrder order, TimeSpan patience, CancellationToken cancellation)
    {
        if (order.DryRun) return await OrderAsync(member, order, patience, cancellation) ?? new Silent([member.Node]);
        if (!member.Answers && member.Node != reach.Now.Self.Node) return new Silent([member.Node]);
        var id = DrainId.New();
        return await OrderAsync(member, order with { Id = id, Nodes = [member.Node] }, patience, cancellation) ?? await CallOffAsync(id, [member], patience);
    }

    /// <summary>Null when it did not answer, this node included; it may begin all the same.</summary>
    private async Task<object?> OrderAsync(MemberNode member, DrainOrder order, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(member, new Start(order), patience, cancellation, patience);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>The orders of one node to another arrive as they were given: this one behind the one to begin.</summary>
    private async Task<Doubtful> CallOffAsync(string id, IReadOnlyList<MemberNode> members, TimeSpan patience)
    {
        var self = reach.Now.Self.Node;
        if (members.Any(m => m.Node == self)) actors.Drains.Tell(new Cancel(id), ActorRefs.NoSender);
        await Task.WhenAll(members.Where(m => m.Node != self).Select(m => AskAsync(m, new Cancel(id), patience, CancellationToken.None)));
        return new Doubtful(id, [.. members.Select(m => m.Node)]);
    }

    private async Task<object> BeginAsync(
        DrainOrder order, IReadOnlyList<(MemberNode Member, DrainPlan Plan)> plans, IReadOnlyList<string> missing, TimeSpan patience, CancellationToken cancellation)
    {
        var id = DrainId.New();
        order = order with { Id = id, Nodes = [.. plans.Select(p => p.Member.Node)] };
        var total = plans.Sum(p => p.Plan.Connections);
        var begun = await Task.WhenAll(plans.Select(async p => (
            p.Member.Node, Answer: await OrderAsync(p.Member, order with { PerSecond = Share(order.PerSecond, p.Plan.Connections, total) }, patience, cancellation))));
        if (begun.All(b => b.Answer is null)) return await CallOffAsync(id, [.. plans.Select(p => p.Member)], patience);
        if (begun.FirstOrDefault(b => b.Answer is not (null or Started)) is { Answer: { } no })
        {
            await GiveAsync(new Cancel(id), id, patience, cancellation);
            return no;
        }

        var silent = begun.Where(b => b.Answer is null).Select(b => b.Node);
        var drain = DrainSum.Of([.. begun.Select(b => b.Answer).OfType<Started>().Select(s => s.Drain)], [])!;

        // Said once: who was not judged has no share.
        return new Started(drain with { Missing = [.. missing.Concat(silent).Order(StringComparer.Ordinal)] });
    }

    /// <summary>The cap is of all nodes together; each gets as much of it as it has of the connections.</summary>
    private static double? Share(double? perSecond, int connections, int total) =>
        perSecond is { } cap && connections > 0 ? cap * connections / total : null;

    /// <summary>The nodes that would know did not answer.</summary>
    internal sealed record Silent(IReadOnlyList<string> Nodes);

    /// <summary>The nodes were told to begin and did not answer, and then were told to cancel it.</summary>
    internal sealed record Doubtful(string Id, IReadOnlyList<string> Nodes);
}

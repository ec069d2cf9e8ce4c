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

    /// <summary>Judged everywhere before it begins anywhere: first for how many each has, without the cap, then, where there is one, each with its share of it.</summary>
    private async Task<object> StartOnAllAsync(DrainOrder order, TimeSpan patience, CancellationToken cancellation)
    {
        if (order is { PerSecond: not null, StartAt: not null })
            return new Rejected("perSecond", "cannot be given together with startAt where several nodes are meant: perSecond is divided between the nodes by how many connections each has when the drain begins, and at startAt nobody can judge that any more; leave one of the two out, or order a drain for each node ({\"node\":\"id\"})");
        var dry = order with { DryRun = true, PerSecond = null };
        var counted = await AskAllAsync(new Start(dry), patience, cancellation, patience);
        List<Part> parts = [.. counted.Answers.Select(a => new Part(a.Member, dry, (a.Answer as Planned)?.Plan.Connections ?? 0, a.Answer))];
        var missing = counted.Missing;
        if (Refusal(parts) is null && order.PerSecond is { } cap)
        {
            var judged = await CapAsync(cap, parts, patience, cancellation);
            parts = [.. judged.Where(p => p.Answer is not null)];
            missing = [.. missing, .. judged.Where(p => p.Answer is null).Select(p => p.Member.Node)];
        }

        if (Refusal(parts) is { } no) return no;
        if (parts.Count == 0) return new Silent([.. missing.Order(StringComparer.Ordinal)]);
        if (order.DryRun) return new Planned(DrainSum.Of([.. parts.Select(p => ((Planned)p.Answer!).Plan)]));
        return await BeginAsync(parts, missing, patience, cancellation);
    }

    /// <summary>Judged once more, each with its share.</summary>
    private Task<Part[]> CapAsync(double perSecond, IReadOnlyList<Part> parts, TimeSpan patience, CancellationToken cancellation) =>
        OrderAllAsync([.. parts.Zip(DrainCap.Shares(perSecond, [.. parts.Select(p => p.Connections)]), (p, share) => p with { Order = p.Order with { PerSecond = share } })], patience, cancellation);

    private async Task<object> BeginAsync(IReadOnlyList<Part> parts, IReadOnlyList<string> missing, TimeSpan patience, CancellationToken cancellation)
    {
        var id = DrainId.New();
        string[] nodes = [.. parts.Select(p => p.Member.Node)];
        var begun = await OrderAllAsync([.. parts.Select(p => p with { Order = p.Order with { DryRun = false, Id = id, Nodes = nodes } })], patience, cancellation);
        if (begun.All(p => p.Answer is null)) return await CallOffAsync(id, [.. begun.Select(p => p.Member)], patience);
        if (Refusal(begun) is { } no)
        {
            await CallOffAsync(id, [.. begun.Select(p => p.Member)], patience);
            return no;
        }

        var silent = begun.Where(p => p.Answer is null).Select(p => p.Member.Node);
        var drain = DrainSum.Of([.. begun.Select(p => p.Answer).OfType<Started>().Select(s => s.Drain)], [])!;

        // Said once: who was not judged has no share.
        return new Started(drain with { Missing = [.. missing.Concat(silent).Order(StringComparer.Ordinal)] });
    }

    private Task<Part[]> OrderAllAsync(IReadOnlyList<Part> parts, TimeSpan patience, CancellationToken cancellation) =>
        Task.WhenAll(parts.Select(async p => p with { Answer = await OrderAsync(p.Member, p.Order, patience, cancellation) }));

    /// <summary>Of all together; null when none refuses.</summary>
    private static object? Refusal(IReadOnlyList<Part> parts) =>
        parts.FirstOrDefault(p => p.Answer is not (null or Planned or Started or Impossible))?.Answer
        ?? DrainCap.Refusal([.. parts.Select(p => (p.Connections, p.Answer as Impossible))]);

    /// <summary>What one node is told, and what it says to that.</summary>
    private sealed record Part(MemberNode Member, DrainOrder Order, int Connections, object? Answer);

    /// <summary>The nodes that would know did not answer.</summary>
    internal sealed record Silent(IReadOnlyList<string> Nodes);

    /// <summary>The nodes were told to begin and did not answer, and then were told to cancel it.</summary>
    internal sealed record Doubtful(string Id, IReadOnlyList<string> Nodes);
}

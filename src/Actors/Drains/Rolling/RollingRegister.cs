using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Serialization;
using Google.Protobuf;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>
/// Rolling drains as entries of a <see cref="Register"/>. Each fact has a key of its own, so that two nodes that write at the same time write
/// different things, and what is written twice is the same; only the operators' pause is a value that changes. Pure.
/// </summary>
internal static class RollingRegister
{
    internal const string Name = "rolling";

    /// <summary>One that is over is remembered for so long.</summary>
    internal static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    // One that is not over is forgotten when nobody can still be at it.
    private static readonly TimeSpan LongestHold = TimeSpan.FromDays(30);

    private const string OrderKey = "order";
    private const string WillKey = "will";
    private const string PausesKey = "pauses";
    private const string CancelledKey = "cancelled";
    private const string OverKey = "over";
    private const string NodeKey = "node";
    private const string WillPause = "paused";
    private const string WillRun = "running";

    /// <summary>Those whose order is known, the oldest first.</summary>
    internal static IReadOnlyList<RollingDrain> Read(Register register)
    {
        var drains = new List<RollingDrain>();
        foreach (var entries in register.All.Where(e => !e.IsTakenBack).GroupBy(e => e.Key.Split('/')[0], StringComparer.Ordinal))
        {
            var known = entries.ToDictionary(e => e.Key[(e.Key.IndexOf('/', StringComparison.Ordinal) + 1)..], e => e.Value!, StringComparer.Ordinal);
            if (Drain(entries.Key, known) is { } drain) drains.Add(drain);
        }

        return [.. drains.OrderBy(d => d.OrderedAt).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    internal static RegisterEntry Ordered(RollingDrain drain, Stamp stamp) =>
        Entry(drain, OrderKey, stamp, Text(w =>
        {
            w.Part(1, drain.Order, DrainCodecs.Write);
            w.Instant(2, drain.OrderedAt);
            w.Parts(3, drain.Nodes, (part, node) =>
            {
                part.Text(1, node.Node);
                part.Number(2, node.Connections);
                part.Part(3, node.Planned, DrainCodecs.Write);
            });
        }));

    internal static RegisterEntry Will(RollingDrain drain, bool paused, Stamp stamp) => Entry(drain, WillKey, stamp, paused ? WillPause : WillRun);

    /// <summary>Beside the will, and of no weight for what is done: only for what is told.</summary>
    internal static RegisterEntry Paused(RollingDrain drain, RollingPauses pauses, Stamp stamp) =>
        Entry(drain, PausesKey, stamp, Text(w =>
        {
            w.Duration(1, pauses.Before);
            w.Instant(2, pauses.Since);
        }));

    internal static RegisterEntry Cancelled(RollingDrain drain, RollingFact fact, Stamp stamp) => Entry(drain, CancelledKey, stamp, Text(fact));

    internal static RegisterEntry Over(RollingDrain drain, RollingFact fact, Stamp stamp) => Entry(drain, OverKey, stamp, Text(fact));

    /// <param name="phase">Into which the node comes by it.</param>
    internal static RegisterEntry Fact(RollingDrain drain, string node, NodePhase phase, RollingFact fact, Stamp stamp) =>
        Entry(drain, KeyOf(node, phase), stamp, Text(fact));

    /// <summary>All that is known of one that is over, to be forgotten sooner.</summary>
    internal static IEnumerable<RegisterEntry> Retire(Register register, RollingDrain drain, Func<Stamp> stamps, DateTimeOffset now) =>
        register.All.Where(e => e.Key.StartsWith($"{drain.Id}/", StringComparison.Ordinal)).Select(e => e with { Stamp = stamps(), Until = now + Remembered });

    private static string KeyOf(string node, NodePhase phase) => $"{NodeKey}/{node}/{phase}";

    private static RegisterEntry Entry(RollingDrain drain, string key, Stamp stamp, string value) =>
        new($"{drain.Id}/{key}", stamp, value, drain.StartsAt + LongestHold + (drain.Nodes.Count * DrainOrders.LongestDeadline * 2));

    private static RollingDrain? Drain(string id, Dictionary<string, string> known)
    {
        if (!known.TryGetValue(OrderKey, out var text) || Fields(text) is not { } order) return null;
        try
        {
            var nodes = order.Parts(3, f => new RollingNode(f.Needed(1), DrainId.Of(id, f.Needed(1)), f.Count(2)) { Planned = f.Part(3, DrainCodecs.ReadPlan) });
            return new RollingDrain(id, order.NeededPart(1, DrainCodecs.ReadOrder), order.Instant(2) ?? default, [.. nodes.Select(n => With(n, known))])
            {
                IsPaused = known.GetValueOrDefault(WillKey) == WillPause,
                Pauses = known.TryGetValue(PausesKey, out var pauses) && Fields(pauses) is { } told ? new RollingPauses(told.Duration(1) ?? TimeSpan.Zero, told.Instant(2)) : RollingPauses.None,
                Cancelled = Fact(known, CancelledKey),
                Over = Fact(known, OverKey),
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or InvalidOperationException)
        {
            // Of a newer release, which drives it.
            return null;
        }
    }

    private static RollingNode With(RollingNode node, Dictionary<string, string> known) => node with
    {
        Begun = Fact(known, KeyOf(node.Node, NodePhase.Draining)),
        Drained = Fact(known, KeyOf(node.Node, NodePhase.Settling)),
        Done = Fact(known, KeyOf(node.Node, NodePhase.Done)),
        Skipped = Fact(known, KeyOf(node.Node, NodePhase.Skipped)),
    };

    /// <summary>A fact that cannot be read is one all the same.</summary>
    private static RollingFact? Fact(Dictionary<string, string> known, string key)
    {
        if (!known.TryGetValue(key, out var text)) return null;
        if (Fields(text) is not { } fields) return new RollingFact(default(DateTimeOffset));
        return new RollingFact(fields.Instant(1) ?? default) { Why = fields.Text(2), Elsewhere = fields.Count(3), Drain = fields.Part(4, DrainCodecs.ReadView), BeforeTurn = fields.Flag(5) };
    }

    private static string Text(RollingFact fact) => Text(w =>
    {
        w.Instant(1, fact.At);
        w.Text(2, fact.Why);
        w.Number(3, fact.Elsewhere);
        w.Part(4, fact.Drain, DrainCodecs.Write);
        w.Flag(5, fact.BeforeTurn);
    });

    private static string Text(Action<WireWriter> write)
    {
        var writer = new WireWriter();
        write(writer);
        return Convert.ToBase64String(writer.ToArray());
    }

    private static WireFields? Fields(string text)
    {
        try
        {
            return new WireFields(Convert.FromBase64String(text));
        }
        catch (Exception e) when (e is FormatException or InvalidProtocolBufferException)
        {
            return null;
        }
    }
}

using ActorSockets.Actors.Drains.Rolling;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Serialization;
using static ActorSockets.Actors.Drains.DrainProtocol;

namespace ActorSockets.Actors.Drains;

/// <summary>How orders to drain and what became of them cross to other nodes.</summary>
internal static class DrainCodecs
{
    internal static CodecTable AddDrains(this CodecTable table) => table
        .Add<Start>("d.start", (w, m) => w.Part(1, m.Order, Write), f => new Start(f.NeededPart(1, ReadOrder)))
        .Add<Started>("d.started", (w, m) => w.Part(1, m.Drain, Write), f => new Started(f.NeededPart(1, ReadView)))
        .Add<Planned>("d.planned", (w, m) => w.Part(1, m.Plan, Write), f => new Planned(f.NeededPart(1, ReadPlan)))
        .Add<Impossible>("d.impossible", (w, m) => { w.Duration(1, m.Shortest); w.Real(2, m.LeastPerSecond); }, f => new Impossible(f.Duration(1) ?? default, f.Real(2)))
        .Add<Rejected>("d.rejected", (w, m) => { w.Text(1, m.Field); w.Text(2, m.Detail); }, f => new Rejected(f.Needed(1), f.Needed(2)))
        .Add<Pause>("d.pause", (w, m) => w.Text(1, m.Id), f => new Pause(f.Needed(1)))
        .Add<Resume>("d.resume", (w, m) => w.Text(1, m.Id), f => new Resume(f.Needed(1)))
        .Add<Cancel>("d.cancel", (w, m) => w.Text(1, m.Id), f => new Cancel(f.Needed(1)))
        .Add<Changed>("d.changed", (w, m) => w.Part(1, m.Drain, Write), f => new Changed(f.NeededPart(1, ReadView)))
        .Add<Conflict>("d.conflict", (w, m) => { w.Text(1, m.Why); w.Choice(2, m.State); }, f => new Conflict(f.Needed(1), f.Choice(2, DrainState.Running)))
        .Add<Unknown>("d.unknown", (_, _) => { }, _ => Unknown.Instance)
        .Add<WhenOver>("d.when-over", (w, m) => w.Text(1, m.Id), f => new WhenOver(f.Needed(1)))
        .Add<Over>("d.over", (w, m) => w.Part(1, m.Drain, Write), f => new Over(f.NeededPart(1, ReadView)))
        .Add<Get>("d.get", (w, m) => w.Text(1, m.Id), f => new Get(f.Needed(1)))
        .Add<Found>("d.found", (w, m) => w.Part(1, m.Drain, Write), f => new Found(f.NeededPart(1, ReadView)))
        .Add<List>("d.list", (_, _) => { }, _ => List.Instance)
        .Add<Listed>("d.listed", (w, m) => w.Parts(1, m.Drains, Write), f => new Listed(f.Parts(1, ReadView)))
        .Add<Serve>("d.serve", (_, _) => { }, _ => Serve.Instance)
        .Add<Served>("d.served", (w, m) => w.Flag(1, m.Changed), f => new Served(f.Flag(1)));

    /// <summary>What only the node itself orders (a stop, a lowered limit) is written too, for the view of it.</summary>
    internal static void Write(WireWriter w, DrainOrder order)
    {
        w.Part(1, order.Select, SelectorCodec.Write);
        w.Duration(2, order.Deadline);
        w.Choice(3, order.Sequence);
        w.Part(4, order.Ending, EndingCodecs.Write);
        w.Optional(5, order.Code);
        w.Text(6, order.Reason);
        w.Real(7, order.PerSecond);
        w.Duration(8, order.ReconnectSpread);
        w.Optional(9, order.RefuseNew is { } refuse ? refuse ? 1 : 0 : null);
        w.Instant(10, order.StartAt);
        w.Flag(11, order.DryRun);
        w.Text(12, order.By);
        w.Text(13, order.Id);
        w.Flag(14, order.IsLimit);
        w.Optional(15, order.Keep);
        w.Text(16, order.Detail);
        w.Flag(17, order.IsStop);
        w.Flag(18, order.Rolling);
        w.Text(19, order.PartOf);
        w.Flag(20, order.Rebalance);
        w.Real(21, order.Threshold);
        w.Optional(22, order.AtMost);
        w.Texts(23, order.Nodes ?? []);
        w.Texts(24, order.GiveTo ?? []);
    }

    internal static DrainOrder ReadOrder(WireFields f) => new()
    {
        Select = f.NeededPart(1, SelectorCodec.Read),
        Deadline = f.Duration(2),
        Sequence = f.Choice(3, DrainSequence.IdleFirst),
        Ending = f.NeededPart(4, EndingCodecs.ReadEnding),
        Code = f.OptionalCount(5),
        Reason = f.Text(6),
        PerSecond = f.Real(7),
        ReconnectSpread = f.Duration(8),
        RefuseNew = f.Optional(9) is { } refuse ? refuse != 0 : null,
        StartAt = f.Instant(10),
        DryRun = f.Flag(11),
        By = f.Text(12),
        Id = f.Text(13),
        IsLimit = f.Flag(14),
        Keep = f.OptionalCount(15),
        Detail = f.Text(16),
        IsStop = f.Flag(17),
        Rolling = f.Flag(18),
        PartOf = f.Text(19),
        Rebalance = f.Flag(20),
        Threshold = f.Real(21),
        AtMost = f.OptionalCount(22),
        Nodes = f.Texts(23) is { Count: > 0 } nodes ? nodes : null,
        GiveTo = f.Texts(24) is { Count: > 0 } takers ? takers : null,
    };

    internal static void Write(WireWriter w, DrainPlan plan)
    {
        w.Number(1, plan.Connections);
        w.Real(2, plan.PerSecond);
        w.Instant(3, plan.StartsAt);
        w.Instant(4, plan.ClosesFrom);
        w.Instant(5, plan.ClosesUntil);
        w.Instant(6, plan.EndsAt);
    }

    internal static DrainPlan ReadPlan(WireFields f) =>
        new(f.Count(1), f.Real(2) ?? 0, f.Instant(3) ?? default, f.Instant(4) ?? default, f.Instant(5) ?? default, f.Instant(6) ?? default);

    private static void Write(WireWriter w, DrainProgress p)
    {
        w.Number(1, p.Total);
        w.Number(2, p.Remaining);
        w.Number(3, p.Closing);
        w.Number(4, p.Clean);
        w.Number(5, p.Aborted);
        w.Number(6, p.Overdue);
        w.Number(7, p.Moved);
        w.Number(8, p.Left);
        w.Duration(9, p.Elapsed);
        w.Number(10, p.Behind);
    }

    private static DrainProgress ReadProgress(WireFields f) => new(
        f.Count(1), f.Count(2), f.Count(3), f.Count(4), f.Count(5), f.Count(6), f.Count(7), f.Count(8), f.Duration(9) ?? default, f.Count(10));

    internal static void Write(WireWriter w, DrainView view)
    {
        w.Text(1, view.Id);
        w.Choice(2, view.State);
        w.Part(3, view.Order, Write);
        w.Instant(4, view.OrderedAt);
        w.Part(5, view.Plan, Write);
        w.Part(6, view.Progress, Write);
        w.Texts(7, view.Hubs);
        w.Text(8, view.Note);
        w.Instant(9, view.EndedAt);
        w.Parts(10, view.Nodes, Write);
    }

    internal static DrainView ReadView(WireFields f) => new(
        f.Needed(1), f.Choice(2, DrainState.Running), f.NeededPart(3, ReadOrder), f.Instant(4) ?? default, f.NeededPart(5, ReadPlan),
        f.NeededPart(6, ReadProgress), f.Texts(7), f.Text(8))
    {
        EndedAt = f.Instant(9),
        Nodes = f.Parts(10, ReadShare),
    };

    private static void Write(WireWriter w, DrainShare share)
    {
        w.Text(1, share.Node);
        w.Choice(2, share.Phase);
        w.Text(3, share.Drain);
        w.Number(4, share.Connections);
        w.Part(5, share.Plan, Write);
        w.Part(6, share.Progress, Write);
        w.Texts(7, share.Hubs);
        w.Text(8, share.Note);
        w.Instant(9, share.EndedAt);
    }

    private static DrainShare ReadShare(WireFields f) => new(f.Needed(1), f.Choice(2, NodePhase.Waiting), f.Needed(3), f.Count(4))
    {
        Plan = f.Part(5, ReadPlan),
        Progress = f.Part(6, ReadProgress),
        Hubs = f.Texts(7),
        Note = f.Text(8),
        EndedAt = f.Instant(9),
    };
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary>The options of an order to drain, and the order they make.</summary>
internal sealed class DrainOrderOptions
{
    private readonly Option<TimeSpan?> _deadline = OptionOf.Duration("--deadline", "When the last connection is gone, counted from the start; the gateway's Drain:Deadline unless given.");
    private readonly Option<string?> _order = OptionOf.OneOf("--order", "Who goes first; idleFirst unless given.", "idleFirst", "oldestFirst", "random");
    private readonly Option<int?> _code = OptionOf.Number("--code", "Close code; the ending's unless given.");
    private readonly Option<string?> _reason = OptionOf.Text("--reason", "Close text, sent verbatim instead of the ending and the client's time to come back.", "text");
    private readonly Option<double?> _perSecond = OptionOf.Rate("--per-second", "Closes per second at most.");
    private readonly Option<TimeSpan?> _spread = OptionOf.Duration("--reconnect-spread", "Over how long the clients are told to come back; the gateway's Drain:ReconnectSpread unless given.");
    private readonly Option<DateTimeOffset?> _startAt;
    private readonly Option<bool> _dryRun = OptionOf.Flag("--dry-run", "Show the plan and do nothing.");
    private readonly Option<bool> _noWait = OptionOf.Flag("--no-wait", "Do not watch it.");
    private readonly Option<string?> _ending = OptionOf.Text("--ending", "Why, as the clients and the history have it; maintenance unless given.", "ending");
    private readonly Option<string?> _refuseNew = OptionOf.OneOf("--refuse-new", "Refuse newcomers meanwhile; true for whole nodes unless given.", "true", "false");
    private readonly Option<bool> _rolling = OptionOf.Flag("--rolling", "One node after the other, each with the deadline for itself; with --select all --confirm all.");
    private readonly Option<bool> _rebalance = OptionOf.Flag("--rebalance", "Only the excess of nodes that have more than the others; with --select all --confirm all, or --select hub=name.");
    private readonly Option<double?> _threshold = OptionOf.Rate("--threshold", "With --rebalance: from which share above the average a node has more; 0.1 unless given.");
    private readonly Option<string?> _confirm = OptionOf.Text("--confirm", "all, to confirm --select all.", "all");

    internal DrainOrderOptions(TimeProvider time) =>
        _startAt = OptionOf.Moment("--start-at", "Start then; 10m is in ten minutes.", time, before: false);

    internal bool WaitsIn(CommandRun run) => !run.Get(_noWait) && !IsDryRun(run);

    internal bool IsDryRun(CommandRun run) => run.Get(_dryRun);

    internal bool IsRolling(CommandRun run) => run.Get(_rolling);

    internal int? CodeIn(CommandRun run) => run.Get(_code);

    internal string? ReasonIn(CommandRun run) => run.Get(_reason);

    /// <summary>What has no meaning for one connection.</summary>
    internal IEnumerable<Option> PaceOnly => [_deadline, _order, _perSecond, _dryRun, _noWait];

    /// <summary>What both <c>drain</c> and <c>close --select</c> take.</summary>
    internal IEnumerable<Option> Pace => [.. PaceOnly, _code, _reason];

    /// <summary>What only <c>drain</c> takes.</summary>
    internal IEnumerable<Option> Rest => [_ending, _spread, _refuseNew, _startAt, _rolling, _rebalance, _threshold, _confirm];

    /// <summary>Only what was given: the defaults are the gateway's.</summary>
    internal JsonObject Order(CommandRun run, JsonObject select)
    {
        var order = new JsonObject { ["select"] = select };
        Put("deadline", run.Get(_deadline) is { } deadline ? DurationText.ForApi(deadline) : null);
        Put("order", run.Get(_order));
        Put("ending", run.Get(_ending));
        Put("code", run.Get(_code));
        Put("reason", run.Get(_reason));
        Put("perSecond", run.Get(_perSecond));
        Put("reconnectSpread", run.Get(_spread) is { } spread ? DurationText.ForApi(spread) : null);
        Put("refuseNew", run.Get(_refuseNew) is { } refuses ? (bool?)(refuses == "true") : null);
        Put("startAt", run.Get(_startAt)?.ToString("O", CultureInfo.InvariantCulture));
        Put("confirm", run.Get(_confirm));
        if (IsDryRun(run)) order["dryRun"] = true;
        Put("threshold", run.Get(_threshold));
        if (run.Get(_rolling)) order["rolling"] = true;
        if (run.Get(_rebalance)) order["rebalance"] = true;
        return order;

        void Put<T>(string field, T? value)
        {
            if (value is not null) order[field] = JsonSerializer.SerializeToNode(value);
        }
    }
}

using System.Diagnostics.Metrics;
using ActorSockets.Actors.Drains;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>The instruments of drains, fed with how each stands; fed by one thread at a time.</summary>
internal sealed class DrainMeter(Meter meter)
{
    private readonly UpDownCounter<long> _remaining = meter.CreateUpDownCounter<long>("actorsockets.drain.remaining", "{connection}", "Sessions that drains under way have still to close.");
    private readonly Counter<long> _closed = meter.CreateCounter<long>("actorsockets.drain.closed", "{connection}", "Sessions that drains closed, by outcome.");
    private readonly Dictionary<string, DrainProgress> _known = new(StringComparer.Ordinal);

    internal void Stands(DrainView drain)
    {
        var (before, now) = (_known.GetValueOrDefault(drain.Id, DrainProgress.None), drain.Progress);
        var remaining = drain.IsOver || drain.State == DrainState.Scheduled ? 0 : now.Remaining + now.Closing;
        _remaining.Add(remaining - before.Remaining);
        Closed("clean", now.Clean - before.Clean);
        Closed("aborted", now.Aborted - before.Aborted);
        Closed("overdue", now.Overdue - before.Overdue);
        Closed("moved", now.Moved - before.Moved);
        if (drain.IsOver) _known.Remove(drain.Id);
        else _known[drain.Id] = now with { Remaining = remaining };
    }

    private void Closed(string outcome, int more)
    {
        if (more > 0) _closed.Add(more, new KeyValuePair<string, object?>("outcome", outcome));
    }
}

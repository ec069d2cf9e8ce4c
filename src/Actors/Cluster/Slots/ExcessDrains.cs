using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Drains;

namespace ActorSockets.Actors.Cluster.Slots;

/// <summary>
/// Which sessions of this node are too many for their users, and which drain closes them. The owners say again and again who is too many; so when
/// a drain ends in whatever way, it is forgotten with all that it named, and who is named again gets another one. Pure and single-threaded.
/// </summary>
internal sealed class ExcessDrains
{
    /// <summary>In one drain: what names them crosses to other nodes when somebody asks for it.</summary>
    internal const int MostAtOnce = 50_000;

    /// <summary>A drain is judged at once; who does not say how has lost the order.</summary>
    internal static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>A drain that takes the place of one that was nearly over.</summary>
    internal static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // Without a drain: to be ordered.
    private readonly Dictionary<ConnectionId, Excess> _marked = [];
    private string? _ordered;
    private TimeSpan _orderedAt;

    /// <summary>This one is too many. False when that is known.</summary>
    internal bool Mark(ConnectionId id) => _marked.TryAdd(id, default);

    /// <summary>Other limits are in force: who is still too many is named again. Drains that were ordered for limits end by themselves then.</summary>
    internal void ForgetWaiting()
    {
        foreach (var id in _marked.Where(m => m.Value.Drain is null).Select(m => m.Key).ToList()) _marked.Remove(id);
    }

    /// <summary>It is gone.</summary>
    internal void Forget(ConnectionId id) => _marked.Remove(id);

    /// <summary>It stays. The drain that is to be cancelled, or null when none names it; the others of that drain are ordered anew, for the time that it had left.</summary>
    internal string? Spare(ConnectionId id)
    {
        if (!_marked.Remove(id, out var excess) || excess.Drain is not { } drain) return null;
        foreach (var other in Of(drain)) _marked[other] = excess with { Drain = null };
        if (_ordered == drain) _ordered = null;
        return drain;
    }

    /// <summary>A drain is over.</summary>
    internal void Ended(string drain)
    {
        foreach (var id in Of(drain)) _marked.Remove(id);
        if (_ordered == drain) _ordered = null;
    }

    /// <summary>What became of the last order.</summary>
    internal void Answered(bool begun)
    {
        if (_ordered is { } drain && !begun) Ended(drain);
        _ordered = null;
    }

    /// <summary>Whom to close, and how; null when there is nobody, or the last order is not answered yet.</summary>
    /// <param name="now">On the monotonic clock.</param>
    /// <param name="deadline">For those who were in no drain before.</param>
    internal Order? Next(TimeSpan now, TimeSpan deadline)
    {
        if (_ordered is { } lost)
        {
            if (now - _orderedAt < AnswerWithin) return null;
            Ended(lost);
        }

        var who = _marked.Where(m => m.Value.Drain is null).Take(MostAtOnce).ToList();
        if (who.Count == 0) return null;
        (_ordered, _orderedAt) = (DrainId.New(), now);
        var until = who.Min(m => m.Value.Until ?? now + deadline);
        if (until - now < Shortest) until = now + Shortest;
        foreach (var (id, _) in who) _marked[id] = new Excess(_ordered, until);
        return new Order(_ordered, [.. who.Select(m => m.Key.Value)], until - now < deadline ? until - now : null);
    }

    private List<ConnectionId> Of(string drain) => [.. _marked.Where(m => m.Value.Drain == drain).Select(m => m.Key)];

    /// <param name="Drain">Its id.</param>
    /// <param name="Who">Connection ids.</param>
    /// <param name="Deadline">What an earlier drain had left; null = as the settings say.</param>
    internal sealed record Order(string Drain, IReadOnlyList<string> Who, TimeSpan? Deadline);

    /// <param name="Drain">Which closes it.</param>
    /// <param name="Until">When the first that named it was to be over.</param>
    private readonly record struct Excess(string? Drain, TimeSpan? Until);
}

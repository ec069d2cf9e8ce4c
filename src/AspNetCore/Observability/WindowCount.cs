using Akka.Actor;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>
/// What happened how often within a window of time. The window begins with the first, so where nothing happens there is no timer; at its end the owner is told
/// and takes the counts. For one actor.
/// </summary>
/// <param name="window">How long.</param>
/// <param name="ended">What the owner is told then.</param>
internal sealed class WindowCount(TimeSpan window, object ended)
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private ICancelable? _tick;

    internal void Add(string what, IActorContext owner)
    {
        if (_counts.Count == 0) _tick = owner.System.Scheduler.ScheduleTellOnceCancelable(window, owner.Self, ended, ActorRefs.NoSender);
        _counts[what] = _counts.GetValueOrDefault(what) + 1;
    }

    /// <summary>All of them, and each as <c>full 4, token 1</c>; the next window begins with the next one.</summary>
    internal (long Count, string Each) Take()
    {
        var taken = (_counts.Values.Sum(), string.Join(", ", _counts.Select(c => $"{c.Key} {c.Value}")));
        _counts.Clear();
        return taken;
    }

    internal void Cancel() => _tick?.Cancel();
}

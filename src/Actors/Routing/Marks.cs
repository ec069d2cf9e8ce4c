using System.Collections.Immutable;

namespace ActorSockets.Actors.Routing;

/// <summary>How far a router is in what each node says. Not for two threads at once.</summary>
internal sealed class Marks
{
    private readonly Dictionary<string, long> _last = new(StringComparer.Ordinal);

    internal void Hear(Mark mark)
    {
        if (mark.Number > _last.GetValueOrDefault(mark.By)) _last[mark.By] = mark.Number;
    }

    /// <summary>At this moment: the last number of each node.</summary>
    internal ImmutableDictionary<string, long> Now() => _last.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>As far as another one was.</summary>
    /// <param name="matters">Nodes for which this is false are not waited for.</param>
    internal bool Reaches(IReadOnlyDictionary<string, long> other, Func<string, bool> matters)
    {
        foreach (var (by, number) in other)
            if (_last.GetValueOrDefault(by) < number && matters(by)) return false;
        return true;
    }

    internal void Forget(string by) => _last.Remove(by);
}

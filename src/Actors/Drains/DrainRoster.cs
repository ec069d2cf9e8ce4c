using Akka.Actor;

namespace ActorSockets.Actors.Drains;

/// <summary>Whether a node takes newcomers.</summary>
internal enum Door
{
    /// <summary>Ready and accepting.</summary>
    Open,

    /// <summary>Not ready, still accepting.</summary>
    Leaving,

    /// <summary>Refusing.</summary>
    Closed,
}

/// <summary>One drain in the roster. Without a view it has not been judged yet, and nobody sees it.</summary>
internal sealed class DrainEntry(string id, DrainOrder order, IActorRef actor, IActorRef asker)
{
    internal string Id { get; } = id;

    internal DrainOrder Order { get; } = order;

    internal IActorRef Actor { get; } = actor;

    internal IActorRef Asker { get; } = asker;

    internal DrainView? View { get; set; }

    internal List<IActorRef> Waiters { get; } = [];

    /// <summary>Its readiness delay is over.</summary>
    internal bool HasClosedDoor { get; set; }

    /// <summary>Another drain took its place, so its end opens no door.</summary>
    internal bool IsSuperseded { get; set; }

    internal bool IsOver => View is { IsOver: true };

    internal bool IsUnderWay => View is null or { IsOver: false };
}

/// <summary>The drains of a node, a bounded number of those that are over, and what they mean for its door. Pure.</summary>
internal sealed class DrainRoster
{
    internal const int MostRemembered = 100;
    internal const int MostNamed = 100;

    private readonly Dictionary<string, DrainEntry> _drains = new(StringComparer.Ordinal);

    /// <summary>As the supervisor was told.</summary>
    internal Door Door { get; set; }

    /// <summary>Time stamp of the last time the door was open.</summary>
    internal long NotReadySince { get; set; }

    /// <summary>A drain of the whole node has ended, and nobody has said that it serves again.</summary>
    internal bool IsDrained { get; set; }

    internal bool IsStopping { get; set; }

    internal IEnumerable<DrainEntry> UnderWay => _drains.Values.Where(d => d.IsUnderWay);

    internal Door Wanted
    {
        get
        {
            var refusing = UnderWay.Where(d => d is { Order.Refuses: true, View: not null and not { State: DrainState.Scheduled } }).ToList();
            if (IsDrained || refusing.Exists(d => d.HasClosedDoor)) return Door.Closed;
            return IsStopping || refusing.Count > 0 ? Door.Leaving : Door.Open;
        }
    }

    internal DrainEntry? Find(string id) => _drains.GetValueOrDefault(id);

    internal void Add(DrainEntry drain) => _drains.Add(drain.Id, drain);

    internal void Forget(DrainEntry drain) => _drains.Remove(drain.Id);

    /// <summary>Newest first, with no more than <see cref="MostNamed"/> of the connections that each names: a list of lists would be longer than what crosses between nodes.</summary>
    internal IReadOnlyList<DrainView> List() => [.. _drains.Values.Select(d => d.View).OfType<DrainView>().Select(InList).OrderByDescending(v => v.OrderedAt).ThenBy(v => v.Id, StringComparer.Ordinal)];

    private static DrainView InList(DrainView drain) => drain.Order.Select is { Connections: { Count: > MostNamed } named } select
        ? drain with { Order = drain.Order with { Select = select with { Connections = [.. named.Take(MostNamed)] } } }
        : drain;

    /// <summary>Forgets those that were over first, when there are too many.</summary>
    internal void Retire()
    {
        var over = _drains.Values.Where(d => d.IsOver).ToList();
        foreach (var old in over.OrderBy(d => d.View!.EndedAt).Take(over.Count - MostRemembered)) Forget(old);
    }
}

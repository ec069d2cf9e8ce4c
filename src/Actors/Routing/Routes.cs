using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Routing;

/// <summary>None, one or many routes, walked without allocating.</summary>
internal readonly struct Routes(object? entry)
{
    public Enumerator GetEnumerator() => new(entry);

    internal struct Enumerator(object? entry)
    {
        private Route? _one = entry as Route;
        private HashSet<Route>.Enumerator _many = entry is HashSet<Route> set ? set.GetEnumerator() : default;
        private Dictionary<ConnectionId, Route>.ValueCollection.Enumerator _all =
            entry is Dictionary<ConnectionId, Route> table ? table.Values.GetEnumerator() : default;
        private int _next;

        public Route Current { get; private set; } = null!;

        public bool MoveNext()
        {
            if (_one is not null)
            {
                (Current, _one) = (_one, null);
                return true;
            }

            switch (entry)
            {
                case HashSet<Route> when _many.MoveNext():
                    Current = _many.Current;
                    return true;
                case Dictionary<ConnectionId, Route> when _all.MoveNext():
                    Current = _all.Current;
                    return true;
                case List<Route> list when _next < list.Count:
                    Current = list[_next++];
                    return true;
                default:
                    return false;
            }
        }
    }
}

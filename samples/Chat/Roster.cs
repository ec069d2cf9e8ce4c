using ActorSockets.Actors.Connections;

namespace Chat;

/// <summary>Who is here. A nickname belongs to one connection at a time.</summary>
internal sealed class Roster
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, ConnectionId> _people = new(StringComparer.OrdinalIgnoreCase);
    private long _version;

    /// <summary>False when somebody else has that name.</summary>
    internal bool TryEnter(string nickname, ConnectionId connection, out Attendance now)
    {
        lock (_gate)
        {
            var entered = _people.TryAdd(nickname, connection);
            if (entered) _version++;
            now = Now();
            return entered;
        }
    }

    internal Attendance Leave(string nickname)
    {
        lock (_gate)
        {
            if (_people.Remove(nickname)) _version++;
            return Now();
        }
    }

    private Attendance Now() => new(_version, [.. _people.Keys]);
}

/// <summary>Everybody at one moment. Two broadcasts may overtake each other on the way; pages keep the highest version.</summary>
internal sealed record Attendance(long Version, IReadOnlyList<string> People);

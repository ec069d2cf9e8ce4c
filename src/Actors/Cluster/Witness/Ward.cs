using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Cluster.Witness;

/// <summary>
/// The sessions of another node, as it told of them: some 190 bytes each, so that a witness of a full node notices little. Ids and addresses
/// are packed, and what many sessions have in common is kept once. Pure.
/// </summary>
/// <param name="node">The other node's id.</param>
/// <param name="roster">Which telling of its this is.</param>
internal sealed class Ward(string node, long roster)
{
    private readonly Dictionary<PackedId, Entry> _sessions = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];

    internal string Node { get; } = node;

    internal long Roster { get; } = roster;

    /// <summary>The part that comes next.</summary>
    internal int Next { get; private set; }

    internal int Count => _sessions.Count;

    internal bool Holds(ConnectionId id) => PackedId.TryOf(id, out var packed, out _) && _sessions.ContainsKey(packed);

    /// <summary>The part that is next.</summary>
    internal void Take(WitnessProtocol.Told told)
    {
        foreach (var session in told.Held) Put(session);
        foreach (var id in told.Gone)
            if (PackedId.TryOf(id, out var packed, out _)) _sessions.Remove(packed);
        Next++;
    }

    /// <summary>Some of them, which it then holds no more.</summary>
    internal IReadOnlyList<WitnessedSession> Give(int most)
    {
        var given = _sessions.Take(most).ToList();
        foreach (var (id, _) in given) _sessions.Remove(id);
        return [.. given.Select(g => Unpack(g.Key, g.Value))];
    }

    private void Put(WitnessedSession session)
    {
        if (!PackedId.TryOf(session.Id, out var packed, out var maker)) return;
        _sessions[packed] = new Entry
        {
            User = session.UserId,
            State = session.State,
            Address = PackedAddress.Of(session.Address.Address),
            IsShared = session.Address.IsShared,
            ConnectedAt = session.ConnectedAt.UtcTicks,
            Maker = NumberOf(maker),
            Hub = NumberOf(session.Hub),
            Subprotocol = session.Subprotocol is null ? -1 : NumberOf(session.Subprotocol),
        };
    }

    private WitnessedSession Unpack(PackedId id, in Entry entry) => new(
        id.ToId(_texts[entry.Maker]), _texts[entry.Hub], entry.User, new ClientAddress(entry.Address.ToAddress(), entry.IsShared),
        entry.Subprotocol < 0 ? null : _texts[entry.Subprotocol], new DateTimeOffset(entry.ConnectedAt, TimeSpan.Zero), entry.State);

    /// <summary>Few: tags of nodes, hubs, subprotocols.</summary>
    private int NumberOf(ReadOnlySpan<char> text)
    {
        var numbers = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (numbers.TryGetValue(text, out var number)) return number;
        number = _texts.Count;
        _texts.Add(text.ToString());
        _numbers.Add(_texts[number], number);
        return number;
    }

    private readonly struct Entry
    {
        internal string? User { get; init; }

        internal string? State { get; init; }

        internal PackedAddress Address { get; init; }

        internal long ConnectedAt { get; init; }

        internal int Maker { get; init; }

        internal int Hub { get; init; }

        internal int Subprotocol { get; init; }

        internal bool IsShared { get; init; }
    }
}

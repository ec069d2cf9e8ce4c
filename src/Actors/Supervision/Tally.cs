using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Supervision;

/// <summary>What connections are counted by.</summary>
internal enum TallyKind : byte
{
    Node,
    Hub,
    User,
    Address,
}

/// <summary>
/// The count of one scope (the node, a hub, a user, an address) with a dense list of who holds its slots, so that a random
/// member is found at once. Adding and removing cost O(1); the list shrinks again, and a scope with one member has none.
/// </summary>
internal class Tally(TallyKind kind)
{
    private const int SmallestShrunk = 32;

    private Seat? _only;
    private Seat[]? _members;

    internal TallyKind Kind { get; } = kind;

    /// <summary>Slots held: opening, open, and closing ones that were not evicted.</summary>
    internal int Held { get; private set; }

    /// <summary>Of these, how many are closing.</summary>
    internal int Closing { get; set; }

    /// <summary>Victims that are closing outside the limit.</summary>
    internal int Evicted { get; set; }

    /// <summary>Of those held, how many owe a victim: they came while the scope was full and still wait for the connect handler.</summary>
    internal int Owing { get; set; }

    /// <summary>What the limit counts: the slots held by those who owe nothing.</summary>
    internal int Settled => Held - Owing;

    internal bool IsEmpty => Held == 0 && Evicted == 0;

    internal Seat this[int position] => _members is null ? _only! : _members[position];

    internal void Add(Seat seat)
    {
        if (_members is null && Held > 0)
        {
            _members = new Seat[4];
            _members[0] = _only!;
            _only = null;
        }

        if (_members is null) _only = seat;
        else
        {
            if (Held == _members.Length) Array.Resize(ref _members, Held * 2);
            _members[Held] = seat;
        }

        seat.Position[(int)Kind] = Held++;
    }

    /// <summary>The last member takes the place of the one that leaves.</summary>
    internal void Remove(Seat seat)
    {
        var position = seat.Position[(int)Kind];
        var last = --Held;
        if (_members is null)
        {
            _only = null;
            return;
        }

        _members[position] = _members[last];
        _members[position].Position[(int)Kind] = position;
        _members[last] = null!;
        if (last == 0) _members = null;
        else if (_members.Length > SmallestShrunk && last < _members.Length / 4) Array.Resize(ref _members, _members.Length / 2);
    }
}

/// <summary>A user's count, with the key under which it is indexed.</summary>
internal sealed class UserTally(UserKey key) : Tally(TallyKind.User)
{
    internal UserKey Key { get; } = key;
}

/// <summary>An address's count, with the key under which it is indexed.</summary>
internal sealed class AddressTally(AddressKey key) : Tally(TallyKind.Address)
{
    internal AddressKey Key { get; } = key;
}

/// <summary>A hub's count, and its open connections in the order in which they opened.</summary>
internal sealed class HubTally(string name) : Tally(TallyKind.Hub)
{
    private Seat? _youngest;

    internal string Name { get; } = name;

    internal Seat? Oldest { get; private set; }

    internal void Append(Seat seat)
    {
        seat.Older = _youngest;
        if (_youngest is null) Oldest = seat;
        else _youngest.Younger = seat;
        _youngest = seat;
    }

    internal void Unlink(Seat seat)
    {
        if (seat.Older is null) Oldest = seat.Younger;
        else seat.Older.Younger = seat.Younger;
        if (seat.Younger is null) _youngest = seat.Older;
        else seat.Younger.Older = seat.Older;
        seat.Older = seat.Younger = null;
    }
}

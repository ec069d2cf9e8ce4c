using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Supervision;

/// <summary>
/// Who holds a slot: exact counts by node, hub, user and address at every moment. Pure and single-threaded; the supervisor owns it.
/// Every operation costs O(1), except a search for a victim (see <c>Census.Victims.cs</c>). Per connection it holds about
/// 150 bytes, and about 120 more for a user or an address that has only this one.
/// </summary>
/// <remarks>
/// <code>
///            ┌────────────── End ──────────────┐
/// Admit ─► Opening ─ Open ─► Open ─ Closing ─► Closing ─ End ─► (gone)
///                             └──── Evict ───► Evicted ─ End ─► (gone)
/// </code>
/// A seat may go from Opening to Closing too. Operations that do not fit the state change nothing and say so, because they
/// answer messages that may cross each other.
/// </remarks>
internal sealed partial class Census(Random random)
{
    private readonly Dictionary<ConnectionId, Seat> _seats = [];
    private readonly Dictionary<string, HubTally> _hubs = new(StringComparer.Ordinal);
    private readonly Dictionary<UserKey, UserTally> _users = [];
    private readonly Dictionary<AddressKey, AddressTally> _addresses = [];
    private long _nextRank;

    /// <summary>An index that once held more gives its memory back when the last connection leaves.</summary>
    private const int WorthTrimming = 4096;

    internal Tally Node { get; } = new(TallyKind.Node);

    internal IReadOnlyCollection<HubTally> Hubs => _hubs.Values;

    /// <summary>All that are not gone, victims included.</summary>
    internal int Count => _seats.Count;

    /// <inheritdoc cref="Count"/>
    internal IReadOnlyCollection<Seat> Everybody => _seats.Values;

    internal Tally? Hub(string hub) => _hubs.GetValueOrDefault(hub);

    internal Tally? User(UserKey user) => _users.GetValueOrDefault(user);

    internal Tally? Address(AddressKey address) => _addresses.GetValueOrDefault(address);

    internal Seat? Find(ConnectionId id) => _seats.GetValueOrDefault(id);

    /// <summary>
    /// A newcomer takes a slot. The address is null when it is shared, the user when there is none or it is not final yet. One
    /// that owes is held outside every limit until <see cref="Confirm"/>.
    /// </summary>
    internal bool Admit(Seat seat, string hub, AddressKey? address, UserKey? user, bool owes = false)
    {
        if (seat.State != SeatState.Free || !_seats.TryAdd(seat.Id, seat)) return false;
        seat.State = SeatState.Opening;
        if (!_hubs.TryGetValue(hub, out var hubTally)) _hubs.Add(hub, hubTally = new HubTally(hub));
        seat.Hub = hubTally;
        hubTally.Add(seat);
        Node.Add(seat);
        if (address is { } key)
        {
            if (!_addresses.TryGetValue(key, out var tally)) _addresses.Add(key, tally = new AddressTally(key));
            seat.Address = tally;
            tally.Add(seat);
        }

        CountUser(seat, user);
        if (!owes) return true;
        seat.Owes = true;
        ForEachTally(seat, static (tally, _) => tally.Owing++);
        return true;
    }

    /// <summary>The user is final now; what it owed, its victims have paid.</summary>
    internal bool Confirm(Seat seat, UserKey? user)
    {
        if (seat.State != SeatState.Opening || seat.User is not null) return false;
        Settle(seat);
        CountUser(seat, user);
        return true;
    }

    /// <summary>The session began: it is a possible victim from now on.</summary>
    internal bool Open(Seat seat)
    {
        if (seat.State != SeatState.Opening) return false;
        Settle(seat);
        seat.State = SeatState.Open;
        seat.Rank = _nextRank++;
        seat.Hub.Append(seat);
        return true;
    }

    /// <summary>Its ending is decided; it keeps its slot until it is gone.</summary>
    internal bool Closing(Seat seat)
    {
        if (seat.State is not (SeatState.Opening or SeatState.Open)) return false;
        if (seat.State == SeatState.Open) seat.Hub.Unlink(seat);
        seat.State = SeatState.Closing;
        ForEachTally(seat, static (tally, _) => tally.Closing++);
        return true;
    }

    /// <summary>It makes room: its slot is free at once, it goes on closing outside the limit.</summary>
    internal bool Evict(Seat seat)
    {
        if (seat.State != SeatState.Open) return false;
        seat.Hub.Unlink(seat);
        seat.State = SeatState.Evicted;
        ForEachTally(seat, static (tally, s) =>
        {
            tally.Remove(s);
            tally.Evicted++;
        });
        return true;
    }

    /// <summary>Its client is at another address now; null where that one is not counted.</summary>
    internal void Readdress(Seat seat, AddressKey? address)
    {
        if (seat.Owes || seat.State is not (SeatState.Opening or SeatState.Open) || (seat.Address as AddressTally)?.Key == address) return;
        if (seat.Address is AddressTally old)
        {
            old.Remove(seat);
            if (old.IsEmpty) _addresses.Remove(old.Key);
        }

        seat.Address = null;
        if (address is not { } key) return;
        if (!_addresses.TryGetValue(key, out var tally)) _addresses.Add(key, tally = new AddressTally(key));
        seat.Address = tally;
        tally.Add(seat);
    }

    /// <summary>It is gone, or never came to be. Frees whatever it holds, once.</summary>
    internal bool End(Seat seat)
    {
        var before = seat.State;
        if (before is SeatState.Free or SeatState.Ended) return false;
        if (before == SeatState.Open) seat.Hub.Unlink(seat);
        seat.State = SeatState.Ended;
        Settle(seat);
        _seats.Remove(seat.Id);
        if (before == SeatState.Evicted) ForEachTally(seat, static (tally, _) => tally.Evicted--);
        else ForEachTally(seat, static (tally, s) => tally.Remove(s));
        if (before == SeatState.Closing) ForEachTally(seat, static (tally, _) => tally.Closing--);
        if (seat.Hub.IsEmpty) _hubs.Remove(seat.Hub.Name);
        if (seat.User is UserTally { IsEmpty: true } user) _users.Remove(user.Key);
        if (seat.Address is AddressTally { IsEmpty: true } address) _addresses.Remove(address.Key);
        if (_seats.Count == 0 && _seats.Capacity > WorthTrimming) Trim();
        return true;
    }

    private void Settle(Seat seat)
    {
        if (!seat.Owes) return;
        seat.Owes = false;
        ForEachTally(seat, static (tally, _) => tally.Owing--);
    }

    private void Trim()
    {
        _seats.TrimExcess();
        _users.TrimExcess();
        _addresses.TrimExcess();
    }

    private void CountUser(Seat seat, UserKey? user)
    {
        if (user is not { } key) return;
        if (!_users.TryGetValue(key, out var tally)) _users.Add(key, tally = new UserTally(key));
        seat.User = tally;
        tally.Add(seat);
    }

    private void ForEachTally(Seat seat, Action<Tally, Seat> action)
    {
        action(Node, seat);
        action(seat.Hub, seat);
        if (seat.User is { } user) action(user, seat);
        if (seat.Address is { } address) action(address, seat);
    }
}

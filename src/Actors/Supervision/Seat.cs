using System.Runtime.CompilerServices;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Supervision;

/// <summary>Where a seat stands in the census.</summary>
internal enum SeatState : byte
{
    /// <summary>Not counted yet.</summary>
    Free,

    /// <summary>Admitted, the upgrade is under way. Holds a slot.</summary>
    Opening,

    /// <summary>A session. Holds a slot and may become a victim.</summary>
    Open,

    /// <summary>Its ending is decided. Holds its slot until the transport is gone.</summary>
    Closing,

    /// <summary>Closed to make room: its slot passed to a newcomer, it is closing outside the limit.</summary>
    Evicted,

    /// <summary>Gone; counted nowhere.</summary>
    Ended,
}

/// <summary>
/// One connection in the census: 112 bytes, and about 40 more in the indexes. The links and positions belong to <see cref="Census"/>.
/// </summary>
internal class Seat(ConnectionId id, IConnectionTransport transport, long since)
{
    internal ConnectionId Id { get; } = id;

    /// <summary>Or what stands in its place, once that is known.</summary>
    internal IConnectionTransport Transport { get; set; } = transport;

    /// <summary>Time stamp of the admission; a connection that never spoke has been silent since then.</summary>
    internal long Since { get; } = since;

    internal SeatState State { get; set; }

    /// <summary>It took its slot beyond a limit and has to find somebody to make room once the connect handler wants it.</summary>
    internal bool Owes { get; set; }

    /// <summary>Rank by the moment of opening: the smaller, the older.</summary>
    internal long Rank { get; set; }

    internal HubTally Hub { get; set; } = null!;

    internal Tally? User { get; set; }

    internal Tally? Address { get; set; }

    internal Seat? Older { get; set; }

    internal Seat? Younger { get; set; }

    /// <summary>Where this seat stands in the member array of each of its tallies.</summary>
    internal Positions Position;

    internal bool IsEnding => State is SeatState.Closing or SeatState.Evicted or SeatState.Ended;

    internal bool BelongsTo(Tally tally) => tally.Kind switch
    {
        TallyKind.Hub => ReferenceEquals(Hub, tally),
        TallyKind.User => ReferenceEquals(User, tally),
        TallyKind.Address => ReferenceEquals(Address, tally),
        _ => true,
    };

    [InlineArray(4)]
    internal struct Positions
    {
        private int _first;
    }
}

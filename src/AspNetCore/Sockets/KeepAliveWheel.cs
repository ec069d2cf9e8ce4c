using System.Diagnostics.CodeAnalysis;

namespace ActorSockets.AspNetCore.Sockets;

/// <summary>Something the wheel visits; the links are the wheel's own, so a place in it costs no allocation.</summary>
internal abstract class WheelEntry
{
    internal WheelEntry? Previous { get; set; }

    internal WheelEntry? Next { get; set; }

    internal int Slot { get; set; } = KeepAliveWheel.NoSlot;

    internal bool Joined { get; set; }

    internal bool Left { get; set; }

    /// <summary>Looks at the connection and says in how long to look again. Must not block and not throw.</summary>
    internal abstract TimeSpan Visit();
}

/// <summary>
/// One timer for all connections of a node: a ring of slots, each a list of connections to look at in that tick. Ten thousand
/// connections at 25 s cost 100 visits a tick, instead of ten thousand timers.
/// </summary>
internal sealed class KeepAliveWheel : IDisposable
{
    internal const int NoSlot = -1;
    internal static readonly TimeSpan TickLength = TimeSpan.FromMilliseconds(250);

    // A ring longer than the longest period between two visits (LifeSigns.LongestPeriod is 240 ticks).
    private const int Slots = 256;

    // What a tick does not get to, the next one does: a tick stays short whatever the load.
    private const int VisitsPerTick = 10_000;

    private readonly Lock _gate = new();
    private readonly WheelEntry?[] _ring = new WheelEntry?[Slots];
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly ITimer _timer;
    private long _cursor;
    private int _count;
    private int _ticking;

    public KeepAliveWheel(TimeProvider time)
    {
        _time = time;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static wheel => ((KeepAliveWheel)wheel!).Tick(), this, TickLength, TickLength);
    }

    /// <summary>How many connections it looks after.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Visits <paramref name="entry"/> in <paramref name="delay"/> for the first time, and from then on when it asks for.</summary>
    public void Add(WheelEntry entry, TimeSpan delay)
    {
        lock (_gate)
        {
            if (entry.Left) return;
            entry.Joined = true;
            _count++;
            Insert(entry, delay);
        }
    }

    /// <summary>Never visits it again, or not at all: a session may be over before it is added.</summary>
    public void Remove(WheelEntry entry)
    {
        lock (_gate)
        {
            if (entry.Left) return;
            entry.Left = true;
            if (entry.Joined) _count--;
            if (entry.Slot != NoSlot) Unlink(entry);
        }
    }

    public void Dispose() => _timer.Dispose();

    private long Now => _time.GetElapsedTime(_start).Ticks / TickLength.Ticks;

    private void Tick()
    {
        // A timer may fire while its last callback still runs.
        if (Interlocked.Exchange(ref _ticking, 1) != 0) return;
        try
        {
            var budget = VisitsPerTick;
            for (var now = Now; budget > 0 && _cursor < now;)
            {
                if (TakeDue((int)((_cursor + 1) % Slots)) is not { } entry)
                {
                    lock (_gate) _cursor++;
                    continue;
                }

                budget--;
                var delay = VisitSafely(entry);
                lock (_gate)
                {
                    if (!entry.Left) Insert(entry, delay);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "One connection's fault must not stop the keep-alive of all others.")]
    private static TimeSpan VisitSafely(WheelEntry entry)
    {
        try
        {
            return entry.Visit();
        }
        catch (Exception)
        {
            return LifeSigns.LongestPeriod;
        }
    }

    private WheelEntry? TakeDue(int slot)
    {
        lock (_gate)
        {
            var entry = _ring[slot];
            if (entry is not null) Unlink(entry);
            return entry;
        }
    }

    private void Insert(WheelEntry entry, TimeSpan delay)
    {
        // Rounded up from this very moment, but never into the slot that is being worked on: one tick visits nobody twice.
        var due = (_time.GetElapsedTime(_start) + delay).Ticks;
        var tick = (due + TickLength.Ticks - 1) / TickLength.Ticks;
        var first = _cursor + (Volatile.Read(ref _ticking) != 0 ? 2 : 1);
        tick = Math.Clamp(tick, first, _cursor + Slots - 1);
        var slot = (int)(tick % Slots);
        entry.Slot = slot;
        entry.Previous = null;
        entry.Next = _ring[slot];
        if (entry.Next is not null) entry.Next.Previous = entry;
        _ring[slot] = entry;
    }

    private void Unlink(WheelEntry entry)
    {
        if (entry.Previous is null) _ring[entry.Slot] = entry.Next;
        else entry.Previous.Next = entry.Next;
        if (entry.Next is not null) entry.Next.Previous = entry.Previous;
        entry.Previous = null;
        entry.Next = null;
        entry.Slot = NoSlot;
    }
}

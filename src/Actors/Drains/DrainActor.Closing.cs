using System.Globalization;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using static ActorSockets.Actors.Drains.DrainWork;

namespace ActorSockets.Actors.Drains;

/// <summary>The work itself: who is there, whose turn it is, and what is left at the deadline.</summary>
internal sealed partial class DrainActor
{
    // Busy connections are spared for so much of the closing; what they need then still fits.
    private const double SparingShare = 0.8;

    // A cut takes no time, but somebody has to report it; longer than that nobody is waited for.
    private static readonly TimeSpan AfterTheCut = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CensusEvery = TimeSpan.FromSeconds(1);

    private readonly DrainBook _book;
    private readonly Random _random;

    // Ends that were heard of while the router counted: it may name those still.
    private readonly HashSet<ConnectionId> _goneEarly = [];
    private TurnQueue? _queue;
    private DrainPace? _pace;
    private ReconnectSlots? _slots;
    private bool _counted;
    private bool _cut;
    private TimeSpan? _countingSince;

    // A limit that was lowered: how many are too many, as far as is known between two looks at the census.
    private int _need;
    private bool _needIsFresh;

    // Ends ordered so far, and how many that were at each question for the census that is not answered: a supervisor with much to
    // do answers ticks later, and whoever was told to go meanwhile stands in its answer as somebody who stays.
    private int _ordered;
    private readonly Queue<int> _asked = [];
    private TimeSpan _lastCensus;

    private int Remaining => _order.Keep is null ? _book.Remaining : Math.Min(_need, _book.Remaining);

    private void TakeDown(IReadOnlyList<RouterProtocol.SessionHandle> found)
    {
        if (_state is not (DrainState.Running or DrainState.Paused) || (_counted && _order.Keep is null)) return;
        _queue ??= new TurnQueue(_order.Sequence, _time, _random);
        foreach (var member in Chosen([.. found.Where(f => !_goneEarly.Contains(f.Session.Id)).Select(f => new DrainMember(f.Session.Id, f.Transport, f.Session.ConnectedAt))]))
            if (_book.Add(member)) _queue.Add(member);

        if (_counted) return;
        _counted = true;
        _goneEarly.Clear();
        _hubs = HubsOf(found);
        _expected = Remaining;

        // The rest of the time is planned anew from who is really there. A hub that came in since may have a longer handshake.
        var from = _countingSince!.Value;
        var until = _deadline - DrainTimetable.LongestHandshake(_setup.Settings.Current, _hubs);
        if (until < from) until = _times.ClosesUntil;
        _times = _times with { ClosesFrom = from, ClosesUntil = until };
        _pace = new DrainPace(from, until, _order.PerSecond, _order.IsStop ? DrainTimetable.SlowestStop : 0);
        var spread = _order.ReconnectSpread ?? _setup.Settings.Current.Drain.ReconnectSpread;
        _slots = new ReconnectSlots(_expected, spread > _times.Window ? spread : _times.Window, _random);
        Stand(Telling.Started);
        OnTick();
    }

    /// <summary>All of them, or the first so many in the order in which they would go now.</summary>
    private List<DrainMember> Chosen(List<DrainMember> found)
    {
        if (_order.AtMost is not { } most || found.Count <= most) return found;
        var queue = new TurnQueue(_order.Sequence, _time, _random);
        foreach (var member in found) queue.Add(member);
        return [.. Enumerable.Range(0, most).Select(_ => queue.Next(sparing: false)).OfType<DrainMember>()];
    }

    private void OnTick()
    {
        if (_state is DrainState.Delaying && Now >= _times.ClosesFrom)
        {
            _state = DrainState.Running;
            CountIn();
        }

        if (_state == DrainState.Running)
        {
            if (Now >= _times.Ends) CutTheRest();
            else if (_counted) CloseSome(_pace!.Take(Now, Remaining));
            LookAtCensus();
            if (FinishWhenDone()) return;
        }

        StandNowAndThen();
    }

    private void CloseSome(int turns)
    {
        var sparing = Now < _times.ClosesFrom + _times.Window * SparingShare;
        while (turns > 0 && _queue!.Next(sparing) is { } member)
        {
            if (member.Transport.Activity.Closing)
            {
                // Somebody else ends it; that costs no turn.
                if (_order.Keep is null) _book.Turn(member, MemberState.Leaving);
                continue;
            }

            turns--;
            Turn(member, MemberState.Told, abort: false);
        }
    }

    private void CutTheRest()
    {
        if (_cut) return;
        _cut = true;
        foreach (var member in _book.Here)
            if (member.State is MemberState.Told or MemberState.Leaving) End(member, abort: true);
        for (var left = Remaining; left > 0 && _queue?.Next(sparing: false) is { } member; left--) Turn(member, MemberState.Cut, abort: true);
    }

    private void Turn(DrainMember member, MemberState state, bool abort)
    {
        _need--;
        _ordered++;
        _book.Turn(member, state);
        End(member, abort);
    }

    private void End(DrainMember member, bool abort)
    {
        var (detail, slot) = abort ? (null, null) : Detail();
        var request = new EndRequest(_order.Ending) { Drain = _setup.Id, Code = _order.Code, Reason = _order.Reason, Detail = detail, ReturnsAfter = slot, Abort = abort, GiveTo = _order.GiveTo };
        _setup.Supervisor.Tell(new SupervisorProtocol.End(member.Id, request), ActorRefs.NoSender);
    }

    /// <summary>A slot is for those who are to come back, and for a text of ours.</summary>
    private (string? Text, TimeSpan? Slot) Detail()
    {
        if (_order.Reason is not null || _order.Ending.Reconnect is ReconnectAdvice.No or ReconnectAdvice.ClientDecides or ReconnectAdvice.WithNewToken) return (_order.Detail, null);
        var slot = _slots!.Next(Now - _times.ClosesFrom);
        var text = string.Create(CultureInfo.InvariantCulture, $"retry-after-ms={slot.TotalMilliseconds:0}");
        return (_order.Detail is null ? text : $"{_order.Detail}; {text}", slot);
    }

    private void Gone(ConnectionId id, EndingRecord? record)
    {
        if (!_counted)
        {
            _goneEarly.Add(id);
            return;
        }

        if (_book.Gone(id, record) == MemberState.Waiting)
        {
            // One less above the limit, if the census has not left it out already: nothing is over by this count alone.
            _need--;
            _needIsFresh = false;
        }

        FinishWhenDone();
    }

    private void GoneBefore(ConnectionId id)
    {
        _book.GoneBefore(id);
        FinishWhenDone();
    }

    private void LookAtCensus()
    {
        if (_order.Keep is null || Now - _lastCensus < CensusEvery) return;
        _lastCensus = Now;
        _needIsFresh = false;
        AskCensus();
    }

    private void AskCensus()
    {
        _asked.Enqueue(_ordered);
        _setup.Supervisor.Tell(SupervisorProtocol.GetCensus.Instance);
    }

    private bool FinishWhenDone()
    {
        if (_state is not (DrainState.Running or DrainState.Paused)) return _state is DrainState.Completed or DrainState.Cancelled;
        var late = Now >= _times.Ends + AfterTheCut && _state == DrainState.Running;
        if (late && !_counted)
        {
            Finish(DrainState.Cancelled, "the router did not say who is there");
            return true;
        }

        var done = _counted && (_order.Keep is null ? _book.IsEmpty : _need <= 0 && _needIsFresh && _book.Closing == 0);
        if (!done && !late) return false;
        if (_order.Keep is null) _book.WriteOff();
        Finish(DrainState.Completed, null);
        return true;
    }
}

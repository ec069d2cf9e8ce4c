using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using static ActorSockets.Actors.Drains.DrainWork;

namespace ActorSockets.Actors.Drains;

/// <summary>
/// One drain from the order to the last socket: judges whether it is possible, waits for its start and for the readiness delay,
/// takes down who is there, and then closes them at their pace. For its states see <see cref="DrainState"/>.
/// </summary>
/// <remarks>
/// It works on a clock of its own, which begins at its start and stands still in a pause. It holds the sessions with their transports,
/// so that order and busyness are looked at without asking anybody, and hears of their ends from the event stream: it listens
/// before it asks who is there, so it misses nobody.
/// </remarks>
internal sealed partial class DrainActor : UntypedActor
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);

    private readonly Setup _setup;
    private readonly DrainOrder _order;
    private readonly TimeProvider _time;
    private readonly TimeSpan _deadline;
    private readonly long _orderedAt;
    private DrainTimetable _times;
    private DrainState? _state;
    private DateTimeOffset _startsAt;
    private int _expected;
    private IReadOnlyList<string> _hubs = [];
    private ICancelable? _timer;

    // Public because Props finds constructors by reflection.
    public DrainActor(Setup setup)
    {
        (_setup, _order, _time) = (setup, setup.Order, setup.Time);
        _deadline = _order.Deadline ?? setup.Settings.Current.Drain.Deadline;
        _orderedAt = _time.GetTimestamp();
        _book = new DrainBook(setup.Id);
        _random = new Random(setup.Seed);
    }

    internal static Props Props(Setup setup) => Akka.Actor.Props.Create(() => new DrainActor(setup));

    protected override void PreStart()
    {
        if (_order.Keep is null) _setup.Router.Tell(new RouterProtocol.Find(_order.Select));
        else AskCensus();
    }

    protected override void PostStop()
    {
        _timer?.Cancel();
        Context.System.EventStream.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                OnTick();
                break;
            case LifecycleEvents.Ended ended:
                Gone(ended.Record.Session.Id, ended.Record);
                break;
            case LifecycleEvents.TransportLeft { Record: { } left }:
                // A transport that was lost before its turn: the session is still here, and so is its turn.
                if (left.Drain == _setup.Id) Gone(left.Session.Id, left);
                break;
            case LifecycleEvents.NothingToMove nothing:
                if (nothing.Drain == _setup.Id) GoneBefore(nothing.Id);
                break;
            case LifecycleEvents.NeverBegan never:
                Gone(never.Id, null);
                break;
            case RouterProtocol.Handles found when _state is null:
                Judge(found.Sessions);
                break;
            case RouterProtocol.Handles found:
                TakeDown(found.Sessions);
                break;
            case SupervisorProtocol.CensusReport census:
                OnCensus(census);
                break;
            case Command command:
                Obey(command);
                break;
            case StartNow:
                SleepUntilStart();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Judge(IReadOnlyList<RouterProtocol.SessionHandle> found)
    {
        _hubs = HubsOf(found);
        _expected = _order.Keep is null ? Math.Min(found.Count, _order.AtMost ?? found.Count) : _need;
        _startsAt = _order.StartAt ?? _setup.OrderedAt;

        // How ready the node will be at a later start is not known.
        var delay = _order.Refuses ? _order.StartAt is null ? _setup.Delay : _setup.Settings.Current.Drain.ReadinessDelay : TimeSpan.Zero;

        // The process is to end so long after the order, however long the router took; load balancers have their delay from now.
        if (_order.IsStop) delay += _time.GetElapsedTime(_orderedAt);
        var handshake = DrainTimetable.LongestHandshake(_setup.Settings.Current, _hubs);
        if (DrainTimetable.For(_order, _deadline, delay, handshake, _expected, out var shortest) is not { } times)
        {
            Decline(new DrainProtocol.Impossible(shortest, DrainTimetable.LeastRate(_order, _deadline, delay, handshake, _expected)));
            return;
        }

        _times = times;
        if (_order.DryRun)
        {
            Decline(new DrainProtocol.Planned(Plan()));
            return;
        }

        var waits = _startsAt > _time.GetUtcNow();
        if (waits) _state = DrainState.Scheduled;
        else StartClock();
        Context.Parent.Tell(new Judged(new DrainProtocol.Started(View()), View()));
        Stand(Telling.Announced);
        if (waits) SleepUntilStart();
        else Begin();
    }

    private void Decline(object answer)
    {
        Context.Parent.Tell(new Judged(answer, null));
        Context.Stop(Self);
    }

    private void SleepUntilStart()
    {
        if (_state != DrainState.Scheduled) return;
        var left = _startsAt - _time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            _timer = Context.System.Scheduler.ScheduleTellOnceCancelable(left < LongestSleep ? left : LongestSleep, Self, StartNow.Instance, ActorRefs.NoSender);
            return;
        }

        StartClock();
        Stand(Telling.Progressed);
        Begin();
    }

    private void StartClock()
    {
        _startedAt = _order.IsStop ? _orderedAt : _time.GetTimestamp();
        _state = _order.Refuses && _times.ClosesFrom > Now ? DrainState.Delaying : DrainState.Running;
    }

    private void Begin()
    {
        _timer = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(DrainPace.Tick, DrainPace.Tick, Self, Tick.Instance, ActorRefs.NoSender);
        if (_state == DrainState.Running) CountIn();
    }

    /// <summary>Newcomers are refused first where they are; whoever the supervisor let in before that, the router knows by then.</summary>
    private void CountIn()
    {
        _countingSince = Now;
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.Ended));
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.NeverBegan));
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.TransportLeft));
        Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.NothingToMove));
        if (_order.Refuses) Context.Parent.Tell(new CloseDoor(_setup.Id));
        else AskCensus();
    }

    private void OnCensus(SupervisorProtocol.CensusReport census)
    {
        if (_order.Keep is { } keep)
        {
            var onTheirWay = _ordered - (_asked.TryDequeue(out var before) ? before : _ordered);
            _need = Math.Max(0, LimitDrains.TooMany(_setup.Settings.Current, census, _order.Select.Hub, keep) - onTheirWay);
            _needIsFresh = onTheirWay == 0;
        }

        if (_state is null || (!_counted && _countingSince is not null) || _need > _book.Remaining) _setup.Router.Tell(new RouterProtocol.Find(_order.Select));
        else FinishWhenDone();
    }

    private static string[] HubsOf(IReadOnlyList<RouterProtocol.SessionHandle> found)
    {
        var hubs = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var handle in found) hubs.Add(handle.Session.Hub);
        return [.. hubs];
    }

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        internal static readonly Tick Instance = new();
    }

    private sealed class StartNow : INoSerializationVerificationNeeded
    {
        internal static readonly StartNow Instance = new();
    }
}

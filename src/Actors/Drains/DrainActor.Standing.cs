using Akka.Actor;
using static ActorSockets.Actors.Drains.DrainWork;

namespace ActorSockets.Actors.Drains;

/// <summary>The drain's clock, what others may order, and how it stands.</summary>
internal sealed partial class DrainActor
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StandEvery = TimeSpan.FromMilliseconds(200);

    // Cancelled before it was judged; it does not begin then.
    private readonly List<Command> _calledOff = [];
    private long _startedAt;
    private long _pausedAt;
    private TimeSpan _paused;
    private bool _delayedWhenPaused;

    // Time stamps of the world and not of its own clock: a pause is told of, too.
    private long _lastTold;
    private long _lastStood;

    /// <summary>Time since the start, pauses left out.</summary>
    private TimeSpan Now => _startedAt == 0
        ? TimeSpan.Zero
        : _time.GetElapsedTime(_startedAt, _state == DrainState.Paused ? _pausedAt : _time.GetTimestamp()) - _paused;

    private void Obey(Command command)
    {
        if (_state is null && command.Verb == Verb.Cancel)
        {
            _calledOff.Add(command);
            return;
        }

        if (Refusal(command.Verb) is { } why)
        {
            Context.Answer(command.Asker, new DrainProtocol.Conflict(why, _state ?? DrainState.Scheduled));
            return;
        }

        switch (command.Verb)
        {
            case Verb.Pause:
                (_pausedAt, _delayedWhenPaused) = (_time.GetTimestamp(), _state == DrainState.Delaying);
                _state = DrainState.Paused;
                Stand(Telling.Progressed);
                break;
            case Verb.Resume:
                _paused += _time.GetElapsedTime(_pausedAt);
                _state = _delayedWhenPaused ? DrainState.Delaying : DrainState.Running;
                Stand(Telling.Progressed);
                break;
            default:
                Finish(DrainState.Cancelled, command.Note);
                break;
        }

        Context.Answer(command.Asker, new DrainProtocol.Changed(View()));
    }

    private string? Refusal(Verb verb) => (verb, _state) switch
    {
        (_, null) => "The drain has not begun.",
        (_, DrainState.Completed or DrainState.Cancelled) => "The drain is over.",
        (Verb.Pause, DrainState.Running or DrainState.Delaying) => null,
        (Verb.Pause, _) => "Only a drain that runs can be paused.",
        (Verb.Resume, DrainState.Paused) => null,
        (Verb.Resume, _) => "Only a paused drain can be resumed.",
        _ => null,
    };

    private void CallOff()
    {
        _state = DrainState.Cancelled;
        var over = View() with { EndedAt = _time.GetUtcNow(), Note = _calledOff[0].Note };
        Context.Parent.Tell(new Judged(new DrainProtocol.Conflict("The drain was cancelled before it began.", DrainState.Cancelled), over));
        foreach (var command in _calledOff) Context.Answer(command.Asker, new DrainProtocol.Changed(over));
        Context.Stop(Self);
    }

    private void Finish(DrainState state, string? note)
    {
        if (_state == DrainState.Paused) _paused += _time.GetElapsedTime(_pausedAt);
        _state = state;
        _timer?.Cancel();
        Context.Parent.Tell(new Stands(View() with { EndedAt = _time.GetUtcNow(), Note = note }, Telling.Ended));
        Context.Stop(Self);
    }

    private void Stand(Telling telling)
    {
        _lastStood = _time.GetTimestamp();
        if (telling != Telling.Nothing) _lastTold = _lastStood;
        Context.Parent.Tell(new Stands(View(), telling));
    }

    /// <summary>Often enough, from before the first close until it is over: those who leave in the readiness delay or in a pause are seen too.</summary>
    private void StandNowAndThen()
    {
        if (_time.GetElapsedTime(_lastTold) >= TellEvery) Stand(Telling.Progressed);
        else if (_time.GetElapsedTime(_lastStood) >= StandEvery) Stand(Telling.Nothing);
    }

    private DrainView View() => new(_setup.Id, _state ?? DrainState.Scheduled, _order, _setup.OrderedAt, Plan(), Progress(), _hubs);

    private DrainPlan Plan()
    {
        // A drain that is paused ends when it would if it went on now: that is in the future, and later at each look.
        var begins = _startsAt + _paused + (_state == DrainState.Paused ? _time.GetElapsedTime(_pausedAt) : TimeSpan.Zero);
        var left = _counted ? Remaining : _expected;
        return new DrainPlan(_expected, _times.Rate(_order, left, Now), _startsAt, begins + _times.ClosesFrom, begins + _times.ClosesUntil, begins + _times.Ends);
    }

    private DrainProgress Progress()
    {
        if (!_counted) return DrainProgress.None with { Total = _expected, Remaining = _expected, Elapsed = Now };
        var remaining = Remaining;
        var known = remaining + _book.Closing + _book.Clean + _book.Aborted + _book.Overdue + _book.Moved;

        // Under a limit those count as left who made the limit nearer by leaving.
        var left = _order.Keep is null ? _book.Left : Math.Max(0, _expected - known);
        var total = known + left;
        return new DrainProgress(total, remaining, _book.Closing, _book.Clean, _book.Aborted, _book.Overdue, _book.Moved, left, Now, Behind(total, total - remaining));
    }

    /// <summary>Against a straight line from the first to the last close.</summary>
    private int Behind(int total, int turned)
    {
        var share = _times.Window <= TimeSpan.Zero ? 1 : Math.Clamp((Now - _times.ClosesFrom) / _times.Window, 0, 1);
        return (int)Math.Round(total * share) - turned;
    }
}

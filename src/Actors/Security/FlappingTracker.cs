using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Security;

/// <summary>
/// Finds clients that come and go too often. Counts connects per address and per user in a window that begins with the first
/// of them and, when it is over, anew with the next: one number per subject, whatever the limit. Bans live in a table of their
/// own, so that a flood of new addresses pushes out old windows but no bans.
/// </summary>
internal sealed class FlappingTracker(int capacity = FlappingTracker.MaxSubjects)
{
    internal const int MaxSubjects = 100_000;

    private readonly AgingTable<Subject, Window> _windows = new(capacity);
    private readonly AgingTable<Subject, DateTimeOffset> _bans = new(capacity);
    private readonly AgingTable<Subject, int> _credits = new(capacity);

    internal int Tracked => _windows.Count + _bans.Count + _credits.Count;

    /// <summary>
    /// Notes a connect. Returns what is left of the ban when this one trips it or when the address or the user is still
    /// banned, the longer of the two; else null. Attempts during a ban neither count nor lengthen it.
    /// </summary>
    internal TimeSpan? Record(AddressKey? address, UserKey? user, FlappingOptions options, DateTimeOffset now)
    {
        if (options.Connects <= 0) return null;
        _windows.RemoveWhile(w => w.Start + options.Window <= now);
        _bans.RemoveWhile(until => until <= now);

        Subject? first = address is { } a ? new Subject(a, null) : null;
        Subject? second = user is { } u ? new Subject(null, u) : null;
        var left = Longer(LeftOf(first, now), LeftOf(second, now));
        return left ?? Longer(Count(first, options, now), Count(second, options, now));
    }

    /// <summary>
    /// The session of this client was ended for maintenance: its return, whenever that is, does not count. To be called only
    /// while flapping is on.
    /// </summary>
    internal void Forgive(AddressKey? address, UserKey? user)
    {
        if (address is { } a) Credit(new Subject(a, null));
        if (user is { } u) Credit(new Subject(null, u));
    }

    /// <summary>Somebody who knows better decided about this client: its temporary ban is over and counting begins anew.</summary>
    internal void Pardon(AddressKey? address, UserKey? user)
    {
        if (address is { } a) Pardon(new Subject(a, null));
        if (user is { } u) Pardon(new Subject(null, u));
    }

    private void Pardon(Subject subject)
    {
        _bans.Remove(subject);
        _windows.Remove(subject);
    }

    private void Credit(Subject subject)
    {
        if (_credits.TryGet(subject, out var credit)) _credits.Update(subject, credit + 1);
        else _credits.Enter(subject, 1);
    }

    private bool UseCredit(Subject subject)
    {
        if (!_credits.TryGet(subject, out var credit)) return false;
        if (credit > 1) _credits.Update(subject, credit - 1);
        else _credits.Remove(subject);
        return true;
    }

    private TimeSpan? LeftOf(Subject? subject, DateTimeOffset now) =>
        subject is { } s && _bans.TryGet(s, out var until) && until > now ? until - now : null;

    private TimeSpan? Count(Subject? subject, FlappingOptions options, DateTimeOffset now)
    {
        if (subject is not { } s || UseCredit(s)) return null;
        if (!_windows.TryGet(s, out var window) || window.Start + options.Window <= now)
        {
            _windows.Enter(s, new Window(now, 1));
            return null;
        }

        if (window.Connects < options.Connects)
        {
            _windows.Update(s, window with { Connects = window.Connects + 1 });
            return null;
        }

        _windows.Remove(s);
        _bans.Enter(s, now + options.Ban);
        return options.Ban;
    }

    private static TimeSpan? Longer(TimeSpan? a, TimeSpan? b) => a is null || b > a ? b : a;

    private readonly record struct Window(DateTimeOffset Start, int Connects);

    /// <summary>Exactly one of the two is set.</summary>
    private readonly record struct Subject(AddressKey? Address, UserKey? User);
}

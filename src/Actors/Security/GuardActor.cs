using System.Diagnostics.CodeAnalysis;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using Akka.Actor;
using Akka.Event;
using static ActorSockets.Actors.Security.GuardProtocol;

namespace ActorSockets.Actors.Security;

/// <summary>
/// Owns bans and revocations. Every change is in force at once and answered when it is stored. At most one save runs; what
/// changes meanwhile goes into the next one together. The snapshot lives outside, so a restart of this actor loses nothing.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "An actor ends in PostStop.")]
internal sealed class GuardActor : UntypedActor
{
    internal const int MaxBans = 100_000;
    internal const int MaxRevocations = 100_000;

    /// <summary>Expired entries are not in force anyway; sweeping them out looks at all, so it is done at most this often.</summary>
    private static readonly TimeSpan SweepAtMostEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepAtLeastEvery = TimeSpan.FromDays(1);

    private readonly IGuardStore _store;
    private readonly Live<GuardLedger> _live;
    private readonly HybridClock _clock;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<Waiter> _inFlight = [];
    private readonly List<Waiter> _next = [];
    private IActorRef? _supervisor;
    private GuardLedger? _saved;
    private bool _saving;
    private ICancelable? _sweep;
    private DateTimeOffset _sweepAt = DateTimeOffset.MaxValue;

    public GuardActor(IGuardStore store, Live<GuardLedger> live, string node, TimeProvider time)
    {
        (_store, _live, _time, _clock) = (store, live, time, new HybridClock(node, time));
        _saved = live.Current;
        foreach (var entry in live.Current.Register.All) _clock.See(entry.Stamp);
    }

    /// <summary>
    /// The host loads the store before it starts the actor, so that an unreadable one stops the start:
    /// <c>new Live&lt;GuardLedger&gt;(GuardLedger.FromState(store.Load()))</c>.
    /// </summary>
    /// <param name="node">This node's tag, for the stamps of what is written here.</param>
    internal static Props Props(IGuardStore store, Live<GuardLedger> live, string node, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new GuardActor(store, live, node, time));

    protected override void PreStart() => ArmSweep(NextExpiry());

    protected override void PreRestart(Exception reason, object message)
    {
        if (_supervisor is not null) Self.Tell(new Attach(_supervisor));
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        _saved = null;
    }

    protected override void PostStop()
    {
        _sweep?.Cancel();
        _stopping.Cancel();
        _stopping.Dispose();
        Answer(_inFlight, "the guard stopped before it was stored");
        Answer(_next, "the guard stopped before it was stored");
    }

    protected override void OnReceive(object message)
    {
        var now = _live.Current;
        switch (message)
        {
            case Attach attach:
                _supervisor = attach.Supervisor;
                _supervisor.Tell(new SupervisorProtocol.GuardChanged(now.Guard, GuardChange.Expired.Instance), Self);
                break;
            case PutBan put:
                Change(now.With(put.Ban, _clock.Next(), _time.GetUtcNow()), GuardEntries.KeyOf(put.Ban.Subject), new GuardChange.Banned(put.Ban), put.Ban.Until);
                break;
            case LiftBan lift:
                Change(now.Without(lift.Subject, _clock.Next(), _time.GetUtcNow()), GuardEntries.KeyOf(lift.Subject), new GuardChange.Lifted(lift.Subject), null);
                break;
            case Revoke { Revocation.IsWellFormed: false }:
                Context.Answer(Sender, new Done(false, null, "A revocation names a user and a time, a token id, or a time."));
                break;
            case Revoke revoke:
                Change(now.With(revoke.Revocation, _clock.Next()), GuardEntries.KeyOf(revoke.Revocation), new GuardChange.Revoked(revoke.Revocation), revoke.Revocation.Until);
                break;
            case ListBans:
                Sender.Tell(new BanList(InForce(now.Guard)), Self);
                break;
            case Adopt adopt:
                OnAdopt(adopt.Entries);
                break;
            case Sweep:
                SweepOut();
                break;
            case Saved saved:
                AfterSave(saved);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Change(GuardLedger next, string key, GuardChange change, DateTimeOffset? until)
    {
        var before = _live.Current;
        if (Overflow(before, next) is { } refused)
        {
            Context.Answer(Sender, new Done(false, null, refused));
            return;
        }

        var changed = Publish(next, change);
        if (changed) Context.System.EventStream.Publish(new RegisterWritten(GuardReplica.Name, [next.Register.Find(key)!]));
        ArmSweep(until);
        if (!changed && ReferenceEquals(next, _saved))
        {
            Context.Answer(Sender, new Done(false, null));
            return;
        }

        _next.Add(new Waiter(Sender, changed));
        Save();
    }

    /// <summary>In force at once and stored soon: nobody here waits for it, and other nodes have it, too.</summary>
    private void OnAdopt(IReadOnlyList<RegisterEntry> entries)
    {
        foreach (var entry in entries) _clock.See(entry.Stamp);
        var next = _live.Current.Merge(entries, _time.GetUtcNow(), out var changes);
        if (!ReferenceEquals(next, _live.Current))
        {
            _live.Publish(next);
            foreach (var (guard, change) in changes) _supervisor?.Tell(new SupervisorProtocol.GuardChanged(guard, change), Self);
            ArmSweep(entries.Min(GuardEntries.EndOf));
            Save();
        }

        Context.Answer(Sender, Adopted.Instance);
    }

    private bool Publish(GuardLedger next, GuardChange change)
    {
        if (ReferenceEquals(next, _live.Current)) return false;
        _live.Publish(next);
        _supervisor?.Tell(new SupervisorProtocol.GuardChanged(next.Guard, change), Self);
        return true;
    }

    /// <summary>Building the state walks all entries, writing waits for the disk: both happen on another thread.</summary>
    private void Save()
    {
        if (_saving) return;
        _saving = true;
        _inFlight.AddRange(_next);
        _next.Clear();
        var (snapshot, cancellation) = (_live.Current, _stopping.Token);
        Task.Run(() => _store.SaveAsync(snapshot.ToState(), cancellation), cancellation).PipeTo(
            Self,
            Self,
            () => new Saved(snapshot, null),
            fault => new Saved(snapshot, $"{fault.GetType().Name}: {fault.Message}"));
    }

    private void AfterSave(Saved saved)
    {
        _saving = false;
        if (saved.Fault is null) _saved = saved.Snapshot;
        else _log.Warning("Bans and revocations are in force but could not be stored: {0}", saved.Fault);
        Answer(_inFlight, saved.Fault);
        if (_next.Count > 0 || (saved.Fault is null && !ReferenceEquals(_saved, _live.Current))) Save();
    }

    private void SweepOut()
    {
        _sweepAt = DateTimeOffset.MaxValue;
        var left = _live.Current.WithoutExpired(_time.GetUtcNow());
        if (Publish(left, GuardChange.Expired.Instance)) Save();
        ArmSweep(NextExpiry());
    }

    private DateTimeOffset? NextExpiry() => _live.Current.Register.All.Select(e => e.Until).Concat(_live.Current.Guard.Bans.All.Select(b => b.Until)).Min(u => (DateTimeOffset?)u);

    /// <summary>One deadline at a time: that of the next expiry.</summary>
    private void ArmSweep(DateTimeOffset? expiry)
    {
        if (expiry is null) return;
        var now = _time.GetUtcNow();
        var wait = expiry.Value - now;
        wait = wait < SweepAtMostEvery ? SweepAtMostEvery : wait > SweepAtLeastEvery ? SweepAtLeastEvery : wait;
        if (now + wait >= _sweepAt) return;
        _sweepAt = now + wait;
        _sweep?.Cancel();
        _sweep = Context.System.Scheduler.ScheduleTellOnceCancelable(wait, Self, Sweep.Instance, Self);
    }

    private Ban[] InForce(GuardSnapshot snapshot)
    {
        var now = _time.GetUtcNow();
        return [.. snapshot.Bans.All.Where(b => b.Until > now).OrderBy(b => b.Subject.ToString(), StringComparer.Ordinal)];
    }

    private static string? Overflow(GuardLedger before, GuardLedger next)
    {
        if (next.Guard.Bans.Count > Math.Max(MaxBans, before.Guard.Bans.Count)) return $"There are already {MaxBans} bans; lift some, or ban a wider range.";
        if (next.Guard.Revocations.Count > Math.Max(MaxRevocations, before.Guard.Revocations.Count)) return $"There are already {MaxRevocations} revocations; revoke by issue time instead.";

        // What was lifted or made superfluous is remembered for a while, too.
        return next.Register.Count > Math.Max(2 * (MaxBans + MaxRevocations), before.Register.Count) ? "There were too many changes of late; some are forgotten when they end." : null;
    }

    private static void Answer(List<Waiter> waiters, string? fault)
    {
        foreach (var waiter in waiters) Context.Answer(waiter.Who, new Done(waiter.Changed, fault));
        waiters.Clear();
    }

    private sealed record Waiter(IActorRef Who, bool Changed);

    private sealed record Saved(GuardLedger Snapshot, string? Fault) : INoSerializationVerificationNeeded;

    private sealed record Sweep : INoSerializationVerificationNeeded
    {
        internal static readonly Sweep Instance = new();
    }
}

using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>Turns what is told about drains into metrics, log lines and, for the stop of the process, its report.</summary>
internal sealed partial class DrainListener(GatewayMetrics metrics, StopReport report, ILogger<DrainListener> logger) : UntypedActor
{
    private readonly Dictionary<string, DrainState> _states = new(StringComparer.Ordinal);

    internal static Props Props(GatewayMetrics metrics, StopReport report, ILogger<DrainListener> logger) =>
        Akka.Actor.Props.Create(() => new DrainListener(metrics, report, logger));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(LifecycleEvents.IDrainEvent));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is not LifecycleEvents.IDrainEvent { Drain: var drain })
        {
            Unhandled(message);
            return;
        }

        metrics.Drains.Stands(drain);
        if (drain.Order.IsStop) report.Stands(drain.Progress);
        var p = drain.Progress;
        switch (message)
        {
            case LifecycleEvents.DrainAnnounced:
                Announced(drain.Id, drain.Plan.Connections, drain.Order.Ending.Id, drain.Plan.StartsAt, drain.Plan.EndsAt, LogText.OrNone(drain.Order.By));
                break;
            case LifecycleEvents.DrainStarted:
                Started(drain.Id, drain.Plan.Connections, drain.Plan.PerSecond, drain.Plan.EndsAt);
                break;
            case LifecycleEvents.DrainEnded:
                Ended(drain.Id, WireName.Of(drain.State), p.Total, p.Clean, p.Aborted, p.Overdue, p.Moved, p.Left, p.Elapsed, LogText.OrNone(drain.Note));
                break;
            default:
                Progressed(drain.Id, WireName.Of(drain.State), p.Remaining, p.Closing, p.Behind);
                if (_states.GetValueOrDefault(drain.Id, drain.State) != drain.State) Changed(drain.Id, WireName.Of(drain.State), p.Remaining, drain.Plan.EndsAt);
                break;
        }

        if (drain.IsOver) _states.Remove(drain.Id);
        else _states[drain.Id] = drain.State;
    }

    [LoggerMessage(EventIds.DrainAnnounced, LogLevel.Information, "Drain {Drain} of {Connections} sessions with {Ending}, from {StartsAt} to {EndsAt}, ordered by {By}")]
    private partial void Announced(string drain, int connections, string ending, DateTimeOffset startsAt, DateTimeOffset endsAt, string by);

    [LoggerMessage(EventIds.DrainStarted, LogLevel.Information, "Drain {Drain} closes {Connections} sessions, {PerSecond} a second, until {EndsAt}")]
    private partial void Started(string drain, int connections, double perSecond, DateTimeOffset endsAt);

    [LoggerMessage(EventIds.DrainProgressed, LogLevel.Debug, "Drain {Drain} is {State}: {Remaining} remaining, {Closing} closing, {Behind} behind")]
    private partial void Progressed(string drain, string state, int remaining, int closing, int behind);

    [LoggerMessage(EventIds.DrainChanged, LogLevel.Information, "Drain {Drain} is {State} now: {Remaining} remaining, until {EndsAt}")]
    private partial void Changed(string drain, string state, int remaining, DateTimeOffset endsAt);

    [LoggerMessage(EventIds.DrainEnded, LogLevel.Information, "Drain {Drain} is {State}: of {Total} sessions {Clean} clean, {Aborted} aborted, {Overdue} overdue, {Moved} moved, {Left} left by themselves, in {Elapsed}; {Note}")]
    private partial void Ended(string drain, string state, int total, int clean, int aborted, int overdue, int moved, int left, TimeSpan elapsed, string note);
}

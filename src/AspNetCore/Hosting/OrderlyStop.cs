using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Observability;
using Akka.Actor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>
/// The end of the process: not ready, a pause in which load balancers notice, refuse, end every session with <c>shutdown</c>,
/// and only then the web server and the actor system stop. Runs in <see cref="StoppingAsync"/>, because the web server would
/// otherwise stop first and cut the sockets.
/// </summary>
internal sealed partial class OrderlyStop(
    NodeActors actors, LiveSettings live, IOptions<HostOptions> host, StopReport report, TimeProvider time, ILogger<OrderlyStop> logger)
    : IHostedLifecycleService
{
    private static readonly TimeSpan AfterTheSockets = TimeSpan.FromSeconds(15);

    // The deadline is when the last socket is gone, and cutting takes a moment too.
    private static readonly TimeSpan CutEarlier = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterTheCut = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private Task? _stop;

    /// <summary>
    /// How long the host may take to stop: the readiness delay is part of the deadline; the rest is for the web server and the
    /// actor system, when no session is left.
    /// </summary>
    internal static TimeSpan HostTimeout(NodeSettings settings) => settings.Drain.Deadline + AfterTheSockets;

    /// <summary>A host may be stopped twice, by the application and by the end of its run; the sessions are ended once.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _stop ??= EndAllAsync(cancellationToken);
    }

    private async Task EndAllAsync(CancellationToken cancellationToken)
    {
        var drain = live.Node.Current.Drain;
        var begun = time.GetTimestamp();
        Stopping(drain.ReadinessDelay, drain.Deadline);

        if (drain.ReadinessDelay > TimeSpan.Zero)
            await Task.Delay(drain.ReadinessDelay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        actors.Supervisor.Tell(new SupervisorProtocol.SetAccepting(false), ActorRefs.NoSender);

        var left = drain.Deadline - CutEarlier - time.GetElapsedTime(begun);
        var goodbye = new EndRequest(EndingCatalogue.Shutdown);
        if (await EndedAsync(goodbye, left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1), begun, cancellationToken)) return;

        // The time is up: whoever is left is cut. The records of how they ended still have to be written.
        report.Overdue = true;
        Overdue(drain.Deadline);
        await EndedAsync(goodbye with { Abort = true }, AfterTheCut, begun, CancellationToken.None);
    }

    private async Task<bool> EndedAsync(EndRequest request, TimeSpan bound, long begun, CancellationToken cancellationToken)
    {
        try
        {
            var ended = await actors.Supervisor.Ask<SupervisorProtocol.AllEnded>(new SupervisorProtocol.EndAll(request), bound, cancellationToken);
            Stopped(ended.Ended, ended.Aborted, time.GetElapsedTime(begun));
            return true;
        }
        catch (Exception e) when (e is AskTimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        // The host reads its time-out when it stops.
        live.OnChange(() => host.Value.ShutdownTimeout = HostTimeout(live.Node.Current));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventIds.Stopping, LogLevel.Information, "Stopping: not ready now, refusing in {ReadinessDelay}, all sessions ended within {Deadline}")]
    private partial void Stopping(TimeSpan readinessDelay, TimeSpan deadline);

    [LoggerMessage(EventIds.Stopped, LogLevel.Information, "Ended {Ended} sessions, {Aborted} of them cut, in {Elapsed}")]
    private partial void Stopped(int ended, int aborted, TimeSpan elapsed);

    [LoggerMessage(EventIds.StopOverdue, LogLevel.Warning, "Sessions were still open at the deadline of {Deadline}; they are cut")]
    private partial void Overdue(TimeSpan deadline);
}

using ActorSockets.Actors.Drains;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Observability;
using ActorSockets.AspNetCore.Upstream;
using Akka.Actor;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>
/// The end of the process: not ready, a pause in which load balancers notice, refuse, drain every session with <c>shutdown</c>,
/// and only then the web server and the actor system stop. Runs in <see cref="StoppingAsync"/>, because the web server would
/// otherwise stop first and cut the sockets, and before Akka's own shutdown where that begins first. Once, whoever begins.
/// </summary>
internal sealed partial class OrderlyStop(
    NodeActors actors, LiveSettings live, IOptions<HostOptions> host, StopReport report, Survivors survivors, TimeProvider time, ILogger<OrderlyStop> logger)
    : IHostedLifecycleService
{
    /// <summary>The name of this in Akka's coordinated shutdown.</summary>
    internal const string ShutdownTask = "drain";

    private static readonly TimeSpan AfterTheSockets = TimeSpan.FromSeconds(15);

    // The drain answers when the router has said who is there, which takes a while on a node under load.
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromMinutes(1);

    // From the cut at the deadline until the last of those who were cut is recorded; a little longer than a drain waits for it.
    private static readonly TimeSpan AfterTheCut = TimeSpan.FromSeconds(6);
    private readonly Lock _gate = new();
    private Task? _stop;

    /// <summary>
    /// How long the host may take to stop: the readiness delay is part of the deadline; the rest is for the web server and the
    /// actor system, when no session is left.
    /// </summary>
    internal static TimeSpan HostTimeout(NodeSettings settings) => settings.Drain.Deadline + AfterTheSockets;

    /// <summary>
    /// How long the drains may take to begin; after that they are lost, and the sessions are ended without them and without slots. Half
    /// of the deadline, so that the other half is left for that.
    /// </summary>
    internal static TimeSpan Patience(TimeSpan deadline)
    {
        var half = deadline / 2;
        return half < ShortestPatience ? ShortestPatience : half > LongestPatience ? LongestPatience : half;
    }

    /// <summary>A host may be stopped twice, by the application and by the end of its run; the sessions are ended once.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return _stop ??= StopAsync(live.Node.Current.Drain, cancellationToken);
    }

    private async Task StopAsync(DrainOptions drain, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        Stopping(drain.ReadinessDelay, drain.Deadline);
        var over = await DrainAsync(drain.Deadline, begun, cancellationToken);
        report.Overdue = over is { Progress.Overdue: > 0 };

        // Whoever is left (an upgrade under way, or a drain that failed) and, with that, the end of all serving.
        var left = drain.Deadline - time.GetElapsedTime(begun);
        if (left < TimeSpan.FromSeconds(1)) left = TimeSpan.FromSeconds(1);
        if (!await EndAllAsync(abort: false, left, cancellationToken))
        {
            report.Overdue = true;
            await EndAllAsync(abort: true, AfterTheCut, CancellationToken.None);
        }

        if (report.Overdue) Overdue(drain.Deadline);
        var sum = over?.Progress ?? DrainProgress.None;
        Stopped(sum.Total, sum.Clean, sum.Aborted, sum.Overdue, sum.Moved, sum.Left, time.GetElapsedTime(begun));
    }

    /// <summary>The drain when it is over; null when there was none to wait for.</summary>
    private async Task<DrainView?> DrainAsync(TimeSpan deadline, long begun, CancellationToken cancellationToken)
    {
        var order = new DrainOrder { Ending = EndingCatalogue.Shutdown, Deadline = deadline, IsStop = true, By = "stop" };
        try
        {
            var answer = await actors.Drains.Ask<object>(new DrainProtocol.Start(order), Patience(deadline), cancellationToken);
            if (answer is not DrainProtocol.Started { Drain: var drain }) return null;
            var left = deadline + AfterTheCut - time.GetElapsedTime(begun);
            return await actors.Drains.Ask<object>(new DrainProtocol.WhenOver(drain.Id), left < AfterTheCut ? AfterTheCut : left, cancellationToken) is DrainProtocol.Over over ? over.Drain : null;
        }
        catch (Exception e) when (e is AskTimeoutException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<bool> EndAllAsync(bool abort, TimeSpan bound, CancellationToken cancellationToken)
    {
        try
        {
            var goodbye = new EndRequest(EndingCatalogue.Shutdown) { Abort = abort };
            await actors.Supervisor.Ask<SupervisorProtocol.AllEnded>(new SupervisorProtocol.EndAll(goodbye), bound, cancellationToken);
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

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        // Where Akka's shutdown begins first (the cluster let this node go, somebody terminated the system), it waits for the sockets.
        CoordinatedShutdown.Get(actors.System).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, ShutdownTask, async () =>
        {
            if (CoordinatedShutdown.Get(actors.System).ShutdownReason is CoordinatedShutdown.ClusterDowningReason)
            {
                report.LeftCluster = true;
                LeftCluster();
                await survivors.AskAsync();
            }

            await StoppingAsync(CancellationToken.None);
            return Akka.Done.Instance;
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventIds.Stopping, LogLevel.Information, "Stopping: not ready now, refusing in {ReadinessDelay}, all sessions ended within {Deadline}")]
    private partial void Stopping(TimeSpan readinessDelay, TimeSpan deadline);

    [LoggerMessage(EventIds.Stopped, LogLevel.Information, "Drained {Total} sessions: {Clean} clean, {Aborted} aborted, {Overdue} overdue, {Moved} moved, {Left} left by themselves, in {Elapsed}")]
    private partial void Stopped(int total, int clean, int aborted, int overdue, int moved, int left, TimeSpan elapsed);

    [LoggerMessage(EventIds.LeftCluster, LogLevel.Error, "The other nodes went on without this one, which was cut off or stood still for too long: it says goodbye to its clients and ends")]
    private partial void LeftCluster();

    [LoggerMessage(EventIds.StopOverdue, LogLevel.Warning, "Sessions were still open at the deadline of {Deadline}; they are cut")]
    private partial void Overdue(TimeSpan deadline);
}

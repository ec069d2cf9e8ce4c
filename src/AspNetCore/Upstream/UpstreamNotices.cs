using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// Events that nobody waits for: beginnings and ends of sessions. Counted while they are under way, so that a node that stops waits for
/// the last goodbyes, and bounded, because those whose connections are gone are held back by nothing else.
/// </summary>
internal sealed partial class UpstreamNotices(UpstreamCalls calls, GatewayMetrics metrics, TimeProvider time, ILogger<UpstreamNotices> logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>Under way at once on this node.</summary>
    internal const int AtOnce = 100_000;

    /// <summary>How long a stop waits for them; fits into what the host grants after the last session.</summary>
    internal static readonly TimeSpan LastWords = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _enough = new();
    private readonly LineBudget _lines = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private int _underWay;

    /// <summary>Tells, when what comes before it is done. The task never fails.</summary>
    internal Task TellAsync(EventRoute route, Func<UpstreamEvent> told, Task before)
    {
        if (Interlocked.Increment(ref _underWay) > AtOnce)
        {
            Done();
            var dropped = told();
            metrics.UpstreamCalled(dropped.Kind, UpstreamOutcome.Dropped, TimeSpan.Zero);
            if (_lines.TryTake(time.GetTimestamp(), time, out var silent)) NotTold(dropped.Name, dropped.Hub, dropped.ConnectionId, silent);
            return Task.CompletedTask;
        }

        return TellNowAsync(route, told, before);
    }

    private async Task TellNowAsync(EventRoute route, Func<UpstreamEvent> told, Task before)
    {
        try
        {
            await before;
            using var reply = (await calls.CallAsync(route, told(), awaited: false, route.Timeout, _enough.Token)).Reply;
        }
        finally
        {
            Done();
        }
    }

    private void Done()
    {
        if (Interlocked.Decrement(ref _underWay) == 0 && _stopping) _empty.TrySetResult();
    }

    /// <summary>All sessions have ended by now; what they left to be told is told, as far as there is time.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        if (Volatile.Read(ref _underWay) == 0) return;
        try
        {
            await _empty.Task.WaitAsync(LastWords, time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            Unsaid(Volatile.Read(ref _underWay));
            await _enough.CancelAsync();
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _enough.Dispose();

    [LoggerMessage(EventIds.UpstreamNotTold, LogLevel.Error, "Too much waits to be told: {Event} of hub {Hub}, connection {Connection} is not ({Silent} more such lines were left out)")]
    private partial void NotTold(string @event, string hub, string connection, long silent);

    [LoggerMessage(EventIds.UpstreamUnsaid, LogLevel.Warning, "Stopping with {Count} events that no upstream has taken")]
    private partial void Unsaid(int count);
}

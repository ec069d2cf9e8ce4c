using System.Collections.Concurrent;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Observability;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// Carries one event to its upstream: leave to call, a turn, the circuit, the request, retries, all within the event's time. Never
/// throws; whatever happens is an outcome, measured once.
/// </summary>
internal sealed partial class UpstreamCalls(
    UpstreamHttp http, Live<ActorSocketsOptions> options, GatewayMetrics metrics, TimeProvider time, ILogger<UpstreamCalls> logger) : IDisposable
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5)];

    private readonly ConcurrentDictionary<string, UpstreamServer> _servers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, ResiliencePipeline<UpstreamReply>> _retries = new();
    private readonly LineBudget _lines = new();
    private volatile UpstreamValidation _validation = new(http, time);

    /// <summary>The configuration changed: everybody is asked for leave again.</summary>
    internal void Revalidate() => _validation = new UpstreamValidation(http, time);

    /// <param name="route">Where to.</param>
    /// <param name="told">The event.</param>
    /// <param name="awaited">A client waits for the answer.</param>
    /// <param name="within">The time for everything; for what nobody waits for without the wait for its turn.</param>
    /// <param name="over">Nobody needs the answer any more: what has not been sent stays unsent, what has been sent is waited for.</param>
    /// <returns>The reply, if there is one, is the caller's to dispose of.</returns>
    internal async Task<UpstreamResult> CallAsync(EventRoute route, UpstreamEvent told, bool awaited, TimeSpan within, CancellationToken over)
    {
        var begun = time.GetTimestamp();
        var result = await DecideAsync(route, told, awaited, within, over);
        metrics.UpstreamCalled(told.Kind, result.Outcome, time.GetElapsedTime(begun));
        if (result.Outcome != UpstreamOutcome.Ok && _lines.TryTake(time.GetTimestamp(), time, out var silent))
            Unsuccessful(told.Name, told.Hub, told.ConnectionId, told.Id, route.Url.ToString(), result.Outcome, result.Why, silent);
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var server in _servers.Values) server.Dispose();
    }

    private async Task<UpstreamResult> DecideAsync(EventRoute route, UpstreamEvent told, bool awaited, TimeSpan within, CancellationToken over)
    {
        using var clock = new EventClock(within, time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(clock.Over, over);
        try
        {
            var reply = await Retrying(route.Retries).ExecuteAsync(_ => TryAsync(route, told, awaited, clock, waiting.Token), waiting.Token);
            return reply.IsSuccess
                ? new(UpstreamOutcome.Ok, reply, null)
                : new(reply.Status >= 500 ? UpstreamOutcome.Failed : UpstreamOutcome.Refused, reply, $"status {reply.Status}");
        }
        catch (UpstreamFaultException e)
        {
            return new(e.Outcome, null, e.Message);
        }
        catch (BrokenCircuitException)
        {
            return new(UpstreamOutcome.CircuitOpen, null, "the server has just failed too often");
        }
        catch (OperationCanceledException)
        {
            return clock.Over.IsCancellationRequested
                ? new(UpstreamOutcome.Timeout, null, $"not within {within}")
                : new(UpstreamOutcome.Dropped, null, "its connection is gone");
        }
#pragma warning disable CA1031 // a fault of ours must not end the reader of a client, nor be silent
        catch (Exception e)
#pragma warning restore CA1031
        {
            Broken(told.Hub, told.ConnectionId, e);
            return new(UpstreamOutcome.BadAnswer, null, e.GetType().Name);
        }
    }

    private async ValueTask<UpstreamReply> TryAsync(EventRoute route, UpstreamEvent told, bool awaited, EventClock clock, CancellationToken waiting)
    {
        await _validation.EnsureAsync(route, waiting);
        var url = route.Url.For(told.Hub, told.Name);
        var server = _servers.GetOrAdd(url.GetLeftPart(UriPartial.Authority), name => new UpstreamServer(name, time, CircuitChanged));
        return await server.TryAsync(awaited, clock, _ => SendAsync(route, told, url, awaited, clock.Over), waiting);
    }

    private async ValueTask<UpstreamReply> SendAsync(EventRoute route, UpstreamEvent told, Uri url, bool awaited, CancellationToken deadline)
    {
        var request = told.ToRequest(url, route.Origin, EventSignature.Of(told.ConnectionId, options.Current.AccessKeys));
        try
        {
            return await http.SendAsync(request, new AnswerInterest(WantsBody: awaited, told.Id == 0 ? RefusalText.MaxBytes : 0), deadline);
        }
        catch (OperationCanceledException e) when (!deadline.IsCancellationRequested)
        {
            throw new UpstreamFaultException(UpstreamOutcome.Unreachable, passing: true, "no connection in time", e);
        }
        catch (OperationCanceledException e)
        {
            // Where the circuit can count it; a time-out was all the time there is, so it is not retried.
            throw new UpstreamFaultException(UpstreamOutcome.Timeout, passing: false, "no answer in time", e);
        }
    }

    private ResiliencePipeline<UpstreamReply> Retrying(int retries) => _retries.GetOrAdd(retries, static (count, time) =>
    {
        var pipeline = new ResiliencePipelineBuilder<UpstreamReply> { TimeProvider = time };
        if (count > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions<UpstreamReply>
            {
                MaxRetryAttempts = count,
                DelayGenerator = static retry => ValueTask.FromResult<TimeSpan?>(Waits[Math.Min(retry.AttemptNumber, Waits.Length - 1)]),
                ShouldHandle = static attempt => ValueTask.FromResult(
                    attempt.Outcome is { Exception: UpstreamFaultException { Passing: true } or BrokenCircuitException } or { Result.IsPassing: true }),
            });
        }

        return pipeline.Build();
    }, time);

    private void CircuitChanged(string server, bool open)
    {
        if (open) CircuitOpened(server);
        else CircuitClosed(server);
    }

    [LoggerMessage(EventIds.UpstreamUnsuccessful, LogLevel.Warning, "Event {Event} of hub {Hub}, connection {Connection}, id {Id}, to {Url}: {Outcome}, {Why} ({Silent} more such lines were left out)")]
    private partial void Unsuccessful(string @event, string hub, string connection, long id, string url, UpstreamOutcome outcome, string? why, long silent);

    [LoggerMessage(EventIds.UpstreamBroken, LogLevel.Error, "A call to the upstream of hub {Hub} for connection {Connection} failed in this node")]
    private partial void Broken(string hub, string connection, Exception exception);

    [LoggerMessage(EventIds.UpstreamCircuitOpened, LogLevel.Warning, "The upstream {Server} failed too often; nothing is sent to it for a moment")]
    private partial void CircuitOpened(string server);

    [LoggerMessage(EventIds.UpstreamCircuitClosed, LogLevel.Information, "The upstream {Server} answers again")]
    private partial void CircuitClosed(string server);
}

using Polly;
using Polly.CircuitBreaker;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// What this node has under way at one server (scheme, host, port), over all hubs. Bounded, and apart for what clients wait for and what
/// nobody waits for: after an outage the goodbyes of a crowd must not stand in the way of those who come back.
/// </summary>
internal sealed class UpstreamServer : IDisposable
{
    /// <summary>Requests at once that clients wait for; more wait here.</summary>
    internal const int AtOnce = 1000;

    /// <summary>Requests at once that tell of beginnings and ends.</summary>
    internal const int TellingAtOnce = 100;

    private readonly SemaphoreSlim _asking = new(AtOnce);
    private readonly SemaphoreSlim _telling = new(TellingAtOnce);
    private readonly ResiliencePipeline<UpstreamReply> _circuit;

    internal UpstreamServer(string name, TimeProvider time, Action<string, bool> circuitChanged) =>
        _circuit = new ResiliencePipelineBuilder<UpstreamReply> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<UpstreamReply>
            {
                // Shorter than the first two waits before a retry together, so an event whose server came back gets through to it.
                BreakDuration = TimeSpan.FromSeconds(2),
                SamplingDuration = TimeSpan.FromSeconds(10),
                MinimumThroughput = 20,
                FailureRatio = 0.5,
                ShouldHandle = static outcome => ValueTask.FromResult(
                    outcome.Outcome is { Exception: UpstreamFaultException { Outcome: UpstreamOutcome.Unreachable or UpstreamOutcome.Timeout } } or { Result.IsServerDown: true }),
                OnOpened = _ => Changed(name, true, circuitChanged),
                OnClosed = _ => Changed(name, false, circuitChanged),
            })
            .Build();

    /// <summary>One try, when its turn comes and unless the circuit is open.</summary>
    /// <param name="awaited">A client waits for it.</param>
    /// <param name="clock">Stands during a wait that nobody waits for: a crowd that leaves at once is told of, however long its turns take.</param>
    /// <param name="attempt">The try. Bounds itself.</param>
    /// <param name="waiting">Ends the wait for a turn, not the try.</param>
    /// <exception cref="BrokenCircuitException">The server has just failed too often.</exception>
    internal async ValueTask<UpstreamReply> TryAsync(
        bool awaited, EventClock clock, Func<CancellationToken, ValueTask<UpstreamReply>> attempt, CancellationToken waiting)
    {
        var gate = awaited ? _asking : _telling;
        if (!awaited) clock.Stop();
        await gate.WaitAsync(waiting);
        try
        {
            if (!awaited) clock.GoOn();
            return await _circuit.ExecuteAsync(attempt, CancellationToken.None);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _asking.Dispose();
        _telling.Dispose();
    }

    private static ValueTask Changed(string name, bool open, Action<string, bool> circuitChanged)
    {
        circuitChanged(name, open);
        return ValueTask.CompletedTask;
    }
}

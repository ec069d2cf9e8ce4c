using ActorSockets.AspNetCore.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Upstream;

public sealed class UpstreamServerTests : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(100);
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource<UpstreamReply> _answer = new();
    private readonly UpstreamServer _server;

    public UpstreamServerTests() => _server = new UpstreamServer("http://x", _time, static (_, _) => { });

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task What_nobody_waits_for_loses_no_time_while_it_waits_for_its_turn()
    {
        var (clock, sent, told) = Last(awaited: false, UpstreamServer.TellingAtOnce);
        using (clock)
        {
            _time.Advance(TimeSpan.FromHours(1));
            Assert.False(told.IsCompleted);
            Assert.False(clock.Over.IsCancellationRequested);

            _answer.SetResult(new UpstreamReply(204, null, default, null));
            await sent.WaitAsync(TimeSpan.FromSeconds(60));
            _time.Advance(TimeSpan.FromSeconds(69));
            Assert.False(clock.Over.IsCancellationRequested);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(clock.Over.IsCancellationRequested, "30 of 100 seconds were over before the wait");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => told);
        }
    }

    [Fact]
    public async Task What_a_client_waits_for_has_its_time_and_no_more()
    {
        var (clock, sent, asked) = Last(awaited: true, UpstreamServer.AtOnce);
        using (clock)
        {
            _time.Advance(TimeSpan.FromSeconds(70));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
            Assert.False(sent.IsCompleted);
        }
    }

    /// <summary>One event behind so many that its server is full, 30 seconds after it began.</summary>
    private (EventClock Clock, Task Sent, Task Done) Last(bool awaited, int full)
    {
        for (var i = 0; i < full; i++)
        {
            var other = new EventClock(Within, _time);
            _ = _server.TryAsync(awaited, other, async _ => await _answer.Task, other.Over).AsTask();
        }

        var clock = new EventClock(Within, _time);
        _time.Advance(TimeSpan.FromSeconds(30));
        var sent = new TaskCompletionSource();
        var done = _server.TryAsync(awaited, clock, async _ =>
        {
            sent.SetResult();
            await Task.Delay(Timeout.Infinite, clock.Over);
            throw new InvalidOperationException();
        }, clock.Over).AsTask();
        return (clock, sent.Task, done);
    }
}

using System.Collections.Concurrent;
using ActorSockets.Actors;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>
/// Asks each upstream once whether it wants events of this gateway (the abuse protection of CloudEvents web hooks): nobody can be made to
/// flood a server that did not agree. A yes holds until the configuration changes; a no is asked again after a growing while.
/// </summary>
internal sealed class UpstreamValidation(UpstreamHttp http, TimeProvider time)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(Uri Url, string Origin), Leave> _leaves = new();

    /// <summary>Comes back when the upstream said yes.</summary>
    /// <exception cref="UpstreamFaultException">It said no, or nothing.</exception>
    /// <exception cref="OperationCanceledException">As asked; the question goes on for others.</exception>
    internal ValueTask EnsureAsync(EventRoute route, CancellationToken waiting)
    {
        var leave = _leaves.GetOrAdd((route.Url.ForValidation(route.Hub), route.Origin), static _ => new Leave());
        return leave.Given ? ValueTask.CompletedTask : new ValueTask(AskAsync(leave, route).WaitAsync(waiting));
    }

    private Task AskAsync(Leave leave, EventRoute route)
    {
        lock (leave)
        {
            // One question at a time, and its answer is everybody's; a failure, too, until it is time to ask again.
            if (leave.Asking is { } asking && (!asking.IsCompleted || time.GetTimestamp() < leave.AskAgainAt)) return asking;
            return leave.Asking = AskNowAsync(leave, route);
        }
    }

    private async Task AskNowAsync(Leave leave, EventRoute route)
    {
        // Off the caller's stack and lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using var deadline = new CancellationTokenSource(AnswerWithin, time);
            var answer = await AskAsync(HttpMethod.Options, route, deadline.Token);
            if (answer.Status == 404) answer = await AskAsync(HttpMethod.Get, route, deadline.Token);
            if (answer.Status >= 500) throw new UpstreamFaultException(UpstreamOutcome.Failed, passing: true, $"{answer.Status} to the validation");
            if (answer.Status is < 200 or > 299 || !OriginLeave.Covers(answer.Values, route.Origin))
                throw new UpstreamFaultException(UpstreamOutcome.NotAllowed, passing: false, $"the validation was answered with {answer.Status} and WebHook-Allowed-Origin '{string.Join(", ", answer.Values)}', which does not name '{route.Origin}'");
            leave.Give();
        }
        catch (HttpRequestException e)
        {
            Pause(leave, Soon);
            throw new UpstreamFaultException(UpstreamOutcome.Unreachable, passing: true, $"{e.HttpRequestError} at the validation", e);
        }
        catch (OperationCanceledException e)
        {
            Pause(leave, Soon);
            throw new UpstreamFaultException(UpstreamOutcome.Timeout, passing: true, "no answer to the validation", e);
        }
        catch (UpstreamFaultException e)
        {
            Pause(leave, e.Passing ? Soon : leave.NextPause());
            throw;
        }
    }

    private Task<(int Status, IReadOnlyList<string> Values)> AskAsync(HttpMethod method, EventRoute route, CancellationToken deadline)
    {
        var request = new HttpRequestMessage(method, route.Url.ForValidation(route.Hub));
        request.Headers.TryAddWithoutValidation("WebHook-Request-Origin", route.Origin);
        request.Headers.TryAddWithoutValidation(Compat.VersionHeader, Compat.Version);
        request.Headers.TryAddWithoutValidation("ce-hub", route.Hub);
        return http.AskAsync(request, "WebHook-Allowed-Origin", deadline);
    }

    private void Pause(Leave leave, TimeSpan pause) => leave.AskAgainAt = time.GetTimestamp() + (long)(pause.TotalSeconds * time.TimestampFrequency);

    private sealed class Leave
    {
        private TimeSpan _pause = FirstPause;
        private volatile bool _given;
        private long _askAgainAt;

        internal bool Given => _given;

        internal Task? Asking { get; set; }

        internal long AskAgainAt
        {
            get => Volatile.Read(ref _askAgainAt);
            set => Volatile.Write(ref _askAgainAt, value);
        }

        internal void Give() => _given = true;

        internal TimeSpan NextPause()
        {
            var pause = _pause;
            _pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            return pause;
        }
    }
}

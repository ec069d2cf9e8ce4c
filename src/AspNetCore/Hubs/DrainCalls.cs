using System.Globalization;
using ActorSockets.Actors.Drains;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>A drain for an embedding application: begun, awaited and, when the wait is cancelled, cancelled.</summary>
internal static class DrainCalls
{
    /// <summary>How much longer than planned a drain may take before its caller is not kept waiting any more: only a pause, which somebody ordered, can use it up.</summary>
    internal static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    internal static async Task<DrainResult> RunAsync(ClusterDrains drains, DrainRequest request, TimeSpan longestPause, CancellationToken cancellation)
    {
        CallerWords.CheckReason(request.Reason, nameof(request));
        CallerWords.CheckSelector(request.Select, nameof(request));
        var (id, plan) = await BeginAsync(drains, request, cancellation);
        var longest = plan.EndsAt - plan.StartsAt + longestPause;
        try
        {
            return Of(await drains.WhenOverAsync(id, longest, cancellation) ?? throw new InvalidOperationException("The drain is over and forgotten."));
        }
        catch (TimeoutException e)
        {
            // Whoever paused it means it to go on later.
            throw new TimeoutException($"Drain {id} is not over after {longest}: it was paused, or a node that has a part in it does not answer. It is still there.", e);
        }
        catch (OperationCanceledException)
        {
            await drains.CancelAsync(id, Answer);
            throw;
        }
    }

    private static async Task<(string Id, DrainPlan Plan)> BeginAsync(ClusterDrains drains, DrainRequest request, CancellationToken cancellation)
    {
        var order = new DrainOrder
        {
            Select = request.Select with { Hub = request.Select.Hub?.ToLowerInvariant() },
            Deadline = request.Deadline,
            Ending = request.Ending,
            Code = request.Code,
            Reason = request.Reason,
            PerSecond = request.PerSecond,
            ReconnectSpread = request.ReconnectSpread,
            By = "application",
        };
        try
        {
            return await drains.StartAsync(order, Answer, cancellation) switch
            {
                DrainProtocol.Started started => (started.Drain.Id, started.Drain.Plan),
                DrainProtocol.Impossible { LeastPerSecond: { } least } impossible => throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"PerSecond is too low to keep the deadline: it needs at least {least}, or a deadline of {impossible.Shortest}"), nameof(request)),
                DrainProtocol.Impossible impossible => throw new ArgumentException($"the deadline is too short: {impossible.Shortest} is the shortest possible", nameof(request)),
                DrainProtocol.Rejected rejected => throw new ArgumentException($"{rejected.Field} {rejected.Detail}", nameof(request)),
                ClusterDrains.Doubtful doubtful => throw new TimeoutException($"Drain {doubtful.Id} did not begin within {Answer.TotalSeconds} s, and was cancelled."),
                ClusterDrains.Silent silent => throw new TimeoutException($"The drain did not begin: {string.Join(", ", silent.Nodes)} did not answer."),
                var other => throw new InvalidOperationException($"The drain could not begin: {other}"),
            };
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException($"The drain did not begin within {Answer.TotalSeconds} s.", e);
        }
    }

    private static DrainResult Of(DrainView drain)
    {
        var p = drain.Progress;
        return new DrainResult(p.Total, p.Clean, p.Aborted, p.Overdue, p.Moved, p.Left, drain.State == DrainState.Cancelled);
    }
}

using ActorSockets.Actors.Drains;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>A drain for an embedding application: begun, awaited and, when the wait is cancelled, cancelled.</summary>
internal static class DrainCalls
{
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    internal static async Task<DrainResult> RunAsync(ClusterDrains drains, DrainRequest request, CancellationToken cancellation)
    {
        CallerWords.CheckReason(request.Reason, nameof(request));
        CallerWords.CheckSelector(request.Select, nameof(request));
        var id = await BeginAsync(drains, request, cancellation);
        try
        {
            // Its end is bounded by its deadline; only a pause, which somebody ordered, makes it longer.
            return Of(await drains.WhenOverAsync(id, cancellation) ?? throw new InvalidOperationException("The drain is over and forgotten."));
        }
        catch (OperationCanceledException)
        {
            await drains.GiveAsync(new DrainProtocol.Cancel(id), id, Answer, CancellationToken.None);
            throw;
        }
    }

    private static async Task<string> BeginAsync(ClusterDrains drains, DrainRequest request, CancellationToken cancellation)
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
                DrainProtocol.Started started => started.Drain.Id,
                DrainProtocol.Impossible impossible => throw new ArgumentException($"the deadline is too short: {impossible.Shortest} is the shortest possible", nameof(request)),
                DrainProtocol.Rejected rejected => throw new ArgumentException($"{rejected.Field} {rejected.Detail}", nameof(request)),
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
        return new DrainResult(p.Total, p.Clean, p.Aborted, p.Overdue, p.Left, drain.State == DrainState.Cancelled);
    }
}

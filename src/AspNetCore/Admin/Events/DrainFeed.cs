using ActorSockets.Actors.Drains;
using ActorSockets.AspNetCore.Admin.Resources;
using ActorSockets.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin.Events;

/// <summary>
/// One drain as it goes on. Asked for again and again rather than subscribed to: then every event is the whole truth, the last
/// one is never missed, and a drain that waits is told of as well as one that runs.
/// </summary>
internal sealed class DrainFeed(ClusterDrains drains, EventStreams streams, AdminAsk ask, TimeProvider time)
{
    /// <summary>Twice as often as promised, so that a late answer does not break the promise.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    internal async Task<IResult> ServeAsync(HttpContext context, string id)
    {
        var (first, missing) = await LookAsync(id, context.RequestAborted);
        if (first is null) return DrainOrdering.None(id, missing);
        return await streams.TryServeAsync(context, (writer, ends) => TellAsync(writer, first, ends)) ? Results.Empty : EventStreams.TooMany();
    }

    private async Task TellAsync(EventWriter writer, DrainView drain, CancellationToken cancellation)
    {
        using var interval = new PeriodicTimer(Interval, time);
        await writer.BeginAsync(cancellation);
        while (writer.MayListen())
        {
            await writer.WriteAsync(new AdminEvent(AdminEvent.Drain, DrainDescription.Of(drain)), cancellation);
            await writer.FlushAsync(cancellation);
            if (drain.IsOver || !await interval.WaitForNextTickAsync(cancellation)) return;

            // Who has it may be silent for a while: the drain is then as it was when it was last heard of, and nobody is told that it is over.
            var (now, missing) = await LookAsync(drain.Id, cancellation);
            if (now is null && missing.Count == 0) return;
            drain = now ?? drain with { Missing = missing };
        }
    }

    private Task<(DrainView? Drain, IReadOnlyList<string> Missing)> LookAsync(string id, CancellationToken cancellation) => drains.GetAsync(id, ask.Patience, cancellation);
}

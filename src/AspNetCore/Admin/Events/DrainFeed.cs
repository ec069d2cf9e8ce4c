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

    internal enum Outcome
    {
        Served,
        Unknown,
        TooMany,
    }

    internal async Task<Outcome> TryServeAsync(HttpContext context, string id)
    {
        if (await LookAsync(id, context.RequestAborted) is not { } first) return Outcome.Unknown;
        return await streams.TryServeAsync(context, (writer, ends) => TellAsync(writer, first, ends)) ? Outcome.Served : Outcome.TooMany;
    }

    private async Task TellAsync(EventWriter writer, DrainView drain, CancellationToken cancellation)
    {
        using var interval = new PeriodicTimer(Interval, time);
        await writer.BeginAsync(cancellation);
        while (writer.MayListen())
        {
            await writer.WriteAsync(new AdminEvent(AdminEvent.Drain, DrainDescription.Of(drain)), cancellation);
            await writer.FlushAsync(cancellation);
            if (drain.IsOver || !await interval.WaitForNextTickAsync(cancellation) || await LookAsync(drain.Id, cancellation) is not { } now) return;
            drain = now;
        }
    }

    private Task<DrainView?> LookAsync(string id, CancellationToken cancellation) => drains.GetAsync(id, ask.Patience, cancellation);
}

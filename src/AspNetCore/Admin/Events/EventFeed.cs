using Akka.Actor;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin.Events;

/// <summary>How event streams treat their subscribers.</summary>
internal sealed record EventFeedOptions
{
    /// <summary>Events that may wait for one subscriber.</summary>
    public int Capacity { get; init; } = EventBuffer.DefaultCapacity;

    /// <summary>Subscribers at a time; more are answered with 503.</summary>
    public int MaxSubscribers { get; init; } = 64;

    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>What happens on the node, as it happens. The heartbeat also ends the answer to a caller whose key is gone.</summary>
internal sealed class EventFeed(IAdminActors actors, AdminAsk ask, EventStreams streams, EventFeedOptions options, TimeProvider time)
{
    /// <summary>False when there are too many subscribers already; then nothing was written.</summary>
    internal async Task<bool> TryServeAsync(HttpContext context, IReadOnlySet<string> types)
    {
        var buffer = new EventBuffer(options.Capacity);
        IActorRef? subscriber = null;
        try
        {
            return await streams.TryServeAsync(context, async (writer, ends) =>
            {
                subscriber = actors.System.ActorOf(EventSubscriber.Props(buffer, types));

                // It has subscribed when it answers; only then may anybody hear that the stream is up.
                await ask.Of<ActorIdentity>(subscriber, new Identify(null), ends);
                await writer.BeginAsync(ends);
                await using var heartbeat = time.CreateTimer(static b => ((EventBuffer)b!).AddHeartbeat(), buffer, options.Heartbeat, options.Heartbeat);
                await PumpAsync(writer, buffer, ends);
            });
        }
        finally
        {
            if (subscriber is not null) actors.System.Stop(subscriber);
        }
    }

    private static async Task PumpAsync(EventWriter writer, EventBuffer buffer, CancellationToken cancellation)
    {
        while (await buffer.Reader.WaitToReadAsync(cancellation))
        {
            while (buffer.Reader.TryRead(out var item))
            {
                if (!writer.MayListen()) return;
                if (buffer.TakeDropped() is > 0 and var dropped) await writer.WriteAsync(new AdminEvent(AdminEvent.Dropped, new CountData(dropped)), cancellation);
                await writer.WriteAsync(item, cancellation);
            }

            await writer.FlushAsync(cancellation);
        }
    }
}

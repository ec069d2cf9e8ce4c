using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace ActorSockets.AspNetCore.Admin.Events;

/// <summary>How the event stream treats its subscribers.</summary>
internal sealed record EventFeedOptions
{
    /// <summary>Events that may wait for one subscriber.</summary>
    public int Capacity { get; init; } = EventBuffer.DefaultCapacity;

    /// <summary>Subscribers at a time; more are answered with 503.</summary>
    public int MaxSubscribers { get; init; } = 64;

    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>
/// Writes server-sent events (WHATWG HTML section 9.2) until the subscriber goes, its key does, or the node stops. The keys are
/// looked at before everything that is written: after a change no event goes out, and the next heartbeat ends the answer.
/// </summary>
internal sealed class EventFeed(IAdminActors actors, IAdminKeys keys, EventFeedOptions options, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private int _subscribers;

    internal int Subscribers => Volatile.Read(ref _subscribers);

    /// <summary>False when there are too many subscribers already; then nothing was written.</summary>
    internal async Task<bool> TryServeAsync(HttpContext context, IReadOnlySet<string> types)
    {
        try
        {
            if (Interlocked.Increment(ref _subscribers) > options.MaxSubscribers) return false;
            await ServeAsync(context, types);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _subscribers);
        }
    }

    private async Task ServeAsync(HttpContext context, IReadOnlySet<string> types)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var buffer = new EventBuffer(options.Capacity);
        var subscriber = actors.System.ActorOf(EventSubscriber.Props(buffer, types));
        using var heartbeat = time.CreateTimer(static b => ((EventBuffer)b!).AddHeartbeat(), buffer, options.Heartbeat, options.Heartbeat);
        try
        {
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsync(": ActorSockets events\n\n", ends.Token);
            await PumpAsync(context.Response, buffer, new Admittance(keys, context.Features.Get<AdminCaller>()), ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // Gone, or we stop: the usual end of such an answer.
        }
        finally
        {
            actors.System.Stop(subscriber);
        }
    }

    private static async Task PumpAsync(HttpResponse response, EventBuffer buffer, Admittance admittance, CancellationToken cancellation)
    {
        long id = 0;
        await response.Body.FlushAsync(cancellation);
        while (await buffer.Reader.WaitToReadAsync(cancellation))
        {
            while (buffer.Reader.TryRead(out var item))
            {
                if (!admittance.Holds()) return;
                if (buffer.TakeDropped() is > 0 and var dropped)
                    await WriteAsync(response, new AdminEvent(AdminEvent.Dropped, new CountData(dropped)), ++id, cancellation);
                if (ReferenceEquals(item, AdminEvent.Heartbeat)) await response.WriteAsync(": heartbeat\n\n", cancellation);
                else await WriteAsync(response, item, ++id, cancellation);
            }

            await response.Body.FlushAsync(cancellation);
        }
    }

    private static Task WriteAsync(HttpResponse response, AdminEvent item, long id, CancellationToken cancellation) =>
        response.WriteAsync($"event: {item.Type}\nid: {id}\ndata: {JsonSerializer.Serialize(item.Data, AdminJson.Options)}\n\n", cancellation);

    /// <summary>The right of one subscriber to listen, judged anew only when the keys were replaced.</summary>
    private sealed class Admittance(IAdminKeys keys, AdminCaller? caller)
    {
        private IReadOnlyList<AdminKey>? _judged;

        internal bool Holds()
        {
            var ring = keys.Current;
            if (ReferenceEquals(ring, _judged)) return true;
            _judged = ring;
            return caller?.MayStillRead(ring) ?? false;
        }
    }
}

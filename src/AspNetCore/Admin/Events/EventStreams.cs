using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;

namespace ActorSockets.AspNetCore.Admin.Events;

/// <summary>
/// Answers of server-sent events (WHATWG HTML section 9.2): a bounded number at a time, each until the subscriber goes, its key
/// does, or the node stops.
/// </summary>
internal sealed class EventStreams(IAdminKeys keys, EventFeedOptions options, IHostApplicationLifetime lifetime)
{
    private int _subscribers;

    internal int Subscribers => Volatile.Read(ref _subscribers);

    internal static IResult TooMany() => Problems.Of(StatusCodes.Status503ServiceUnavailable, "There are too many subscribers already.");

    /// <summary>False when there are too many subscribers already; then nothing was written.</summary>
    internal async Task<bool> TryServeAsync(HttpContext context, Func<EventWriter, CancellationToken, Task> serve)
    {
        try
        {
            if (Interlocked.Increment(ref _subscribers) > options.MaxSubscribers) return false;
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            try
            {
                await serve(new EventWriter(context.Response, keys, context.Features.Get<AdminCaller>()), ends.Token);
            }
            catch (OperationCanceledException) when (ends.IsCancellationRequested)
            {
                // Gone, or we stop: the usual end of such an answer.
            }

            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _subscribers);
        }
    }
}

/// <summary>
/// Writes to one subscriber. Its right to listen is judged before everything that is written, anew only when the keys were
/// replaced: after a change no event goes out.
/// </summary>
internal sealed class EventWriter(HttpResponse response, IAdminKeys keys, AdminCaller? caller)
{
    private IReadOnlyList<AdminKey>? _judged;
    private long _id;

    /// <summary>Says that it begins. Whoever reads this relies on it that whatever happens from now on is told.</summary>
    internal async Task BeginAsync(CancellationToken cancellation)
    {
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        await response.WriteAsync(": ActorSockets events\n\n", cancellation);
        await FlushAsync(cancellation);
    }

    /// <summary>False when the subscriber may not listen any more.</summary>
    internal bool MayListen()
    {
        var ring = keys.Current;
        if (ReferenceEquals(ring, _judged)) return true;
        _judged = ring;
        return caller?.MayStillRead(ring) ?? false;
    }

    internal Task WriteAsync(AdminEvent item, CancellationToken cancellation) => ReferenceEquals(item, AdminEvent.Heartbeat)
        ? response.WriteAsync(": heartbeat\n\n", cancellation)
        : response.WriteAsync($"event: {item.Type}\nid: {++_id}\ndata: {JsonSerializer.Serialize(item.Data, AdminJson.Options)}\n\n", cancellation);

    internal Task FlushAsync(CancellationToken cancellation) => response.Body.FlushAsync(cancellation);
}

using System.Buffers;
using System.Net;
using System.Text;


namespace ActorSockets.AspNetCore.Upstream;

/// <summary>What an answer is asked for.</summary>
/// <param name="WantsBody">The body of a 2xx; where nobody looks at it, it is not read.</param>
/// <param name="ErrorBytes">So much of any other.</param>
internal readonly record struct AnswerInterest(bool WantsBody, int ErrorBytes);

/// <summary>
/// One request and its whole answer, bounded. What an HTTP client does unasked is off: redirects (an event would go where nobody sent it),
/// the proxy of the environment, cookies (they would be shared by all clients), and a log of its own (URLs may hold secrets).
/// </summary>
internal sealed class UpstreamHttp : IDisposable
{
    /// <summary>An answer beyond this is cut off while it is read.</summary>
    internal const int MaxAnswerBytes = 16 * 1024 * 1024;

    /// <summary>All header fields of an answer together; the state of a connection is one of them, and kept for each.</summary>
    internal const int MaxHeaderKilobytes = 16;

    /// <summary>What an announcement alone may take of our memory; beyond it grows what arrives, once there is room for it.</summary>
    internal const int MaxFirstBytes = 64 * 1024;

    private readonly HttpMessageInvoker _http;
    private readonly AnswerRoom _room;

    public UpstreamHttp()
        : this(new SocketsHttpHandler(), new AnswerRoom(AnswerRoom.Default))
    {
    }

    internal UpstreamHttp(SocketsHttpHandler handler, AnswerRoom room)
    {
        _room = room;
        handler.AllowAutoRedirect = false;
        handler.UseProxy = false;
        handler.UseCookies = false;
        handler.AutomaticDecompression = DecompressionMethods.None;
        handler.ConnectTimeout = TimeSpan.FromSeconds(5);
        handler.MaxResponseHeadersLength = MaxHeaderKilobytes;
        handler.MaxConnectionsPerServer = UpstreamServer.AtOnce + UpstreamServer.TellingAtOnce;
        // A name that moved to another address is followed after this time, and an idle connection is closed before most servers do.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30);
        // The state of a connection is opaque: it goes back byte for byte. Everything else is ASCII.
        handler.RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        handler.ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1;
        _http = new HttpMessageInvoker(handler);
    }

    /// <param name="request">Disposed here.</param>
    /// <param name="interest">How much of the answer is of interest.</param>
    /// <param name="cancellation">The time is over.</param>
    /// <exception cref="UpstreamFaultException">No usable answer.</exception>
    /// <exception cref="OperationCanceledException">As asked.</exception>
    internal async Task<UpstreamReply> SendAsync(HttpRequestMessage request, AnswerInterest interest, CancellationToken cancellation)
    {
        using (request)
        {
            try
            {
                using var response = await _http.SendAsync(request, cancellation);
                return await ReadAsync(response, interest, cancellation);
            }
            catch (HttpRequestException e)
            {
                var (outcome, passing) = e.HttpRequestError switch
                {
                    HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => (UpstreamOutcome.BadAnswer, false),
                    HttpRequestError.SecureConnectionError => (UpstreamOutcome.Unreachable, false),
                    _ => (UpstreamOutcome.Unreachable, true),
                };
                throw new UpstreamFaultException(outcome, passing, e.HttpRequestError.ToString(), e);
            }
            catch (IOException e)
            {
                throw new UpstreamFaultException(UpstreamOutcome.Unreachable, passing: true, "the connection broke within the answer", e);
            }
        }
    }

    /// <summary>The lines of a header, and the status, of an answer whose body nobody needs.</summary>
    internal async Task<(int Status, IReadOnlyList<string> Values)> AskAsync(HttpRequestMessage request, string header, CancellationToken cancellation)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request, cancellation);
            return ((int)response.StatusCode, response.Headers.TryGetValues(header, out var values) ? [.. values] : []);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<UpstreamReply> ReadAsync(HttpResponseMessage response, AnswerInterest interest, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var contentType = response.Content.Headers.TryGetValues("Content-Type", out var types) ? types.First() : null;
        var state = response.Headers.TryGetValues(UpstreamEvent.StateHeader, out var states) ? states.First() : null;
        if (!response.IsSuccessStatusCode)
            return new UpstreamReply(status, contentType, await ReadStartAsync(response.Content, interest.ErrorBytes, cancellation), state);
        if (!interest.WantsBody) return new UpstreamReply(status, contentType, default, state);
        var (body, place) = await ReadAsync(response.Content, cancellation);
        return new UpstreamReply(status, contentType, body, state, place);
    }

    private async Task<(ReadOnlyMemory<byte> Body, AnswerRoom.Place? Place)> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        // Announced or not: the announcement is not believed in either direction.
        if (content.Headers.ContentLength > MaxAnswerBytes) throw TooLong();
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var body = new ArrayBufferWriter<byte>(FirstBytes(content.Headers.ContentLength));
        var mayBe = (int)(content.Headers.ContentLength ?? MaxAnswerBytes);
        AnswerRoom.Place? place = null;
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(body.GetMemory(), cancellation);
                if (read == 0) break;
                body.Advance(read);
                if (body.WrittenCount > MaxAnswerBytes) throw TooLong();
                // The upstream is not read while its answer waits: it comes as fast as there is room.
                if (mayBe > MaxFirstBytes && body.FreeCapacity == 0 && body.Capacity >= MaxFirstBytes) place ??= await TakeAsync(mayBe, cancellation);
            }

            place?.ShrinkTo(body.WrittenCount);
            return (body.WrittenMemory, place);
        }
        catch
        {
            place?.Dispose();
            throw;
        }
    }

    private async ValueTask<AnswerRoom.Place> TakeAsync(int bytes, CancellationToken cancellation)
    {
        try
        {
            return await _room.TakeAsync(bytes, cancellation);
        }
        catch (OperationCanceledException e)
        {
            throw new UpstreamFaultException(UpstreamOutcome.NoRoom, passing: false, "too many long answers at once", e);
        }
    }

    /// <summary>How much is set aside before the first byte is there.</summary>
    internal static int FirstBytes(long? announced) => announced is > 0 and { } length ? (int)Math.Min(length, MaxFirstBytes) : 256;

    /// <summary>One byte more than the limit tells that there is more.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadStartAsync(HttpContent content, int limit, CancellationToken cancellation)
    {
        if (limit == 0) return default;
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var start = new byte[limit + 1];
        var count = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        return start.AsMemory(0, count);
    }

    private static UpstreamFaultException TooLong() =>
        new(UpstreamOutcome.BadAnswer, passing: false, $"the answer is longer than {MaxAnswerBytes} bytes");
}

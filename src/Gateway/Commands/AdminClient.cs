using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary>Calls the admin API; whatever is no success becomes a <see cref="CommandFault"/>.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    internal AdminClient(Uri address, string? key)
    {
        Address = address;

        // A proxy of the environment is not meant for this machine, and the gateway refuses whom a proxy sends.
        var handler = new SocketsHttpHandler { UseProxy = !address.IsLoopback, ConnectTimeout = Patience, AllowAutoRedirect = false };
        _http = new HttpClient(handler) { BaseAddress = new Uri(address, "/admin/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(key)) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    internal Uri Address { get; }

    /// <summary>The answer's JSON; null when it has no body.</summary>
    internal async Task<JsonObject?> CallAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await _http.SendAsync(request, patience.Token);
            var text = await response.Content.ReadAsStringAsync(patience.Token);
            if (response.IsSuccessStatusCode) return text.Length == 0 ? null : Read(text);

            // The lists are always there, so whoever does not know one is not the admin listener.
            throw method == HttpMethod.Get && response.StatusCode is HttpStatusCode.NotFound && !path.Contains('/', StringComparison.Ordinal) ? NotOurs() : CommandFault.Of(response.StatusCode, text);
        }
        catch (HttpRequestException unreachable)
        {
            throw Unreachable(unreachable.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {Patience.TotalSeconds:0} s");
        }
    }

    internal async Task<JsonObject> GetAsync(string path, CancellationToken cancellation) => Expect(await CallAsync(HttpMethod.Get, path, null, cancellation));

    internal async Task<JsonObject> PostAsync(string path, JsonNode? body, CancellationToken cancellation) => Expect(await CallAsync(HttpMethod.Post, path, body, cancellation));

    /// <summary>The data of server-sent events, until the gateway ends them or nothing came for a while.</summary>
    internal async IAsyncEnumerable<JsonObject> EventsAsync(string path, TimeSpan silence, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(silence);
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        if (!response.IsSuccessStatusCode) throw CommandFault.Of(response.StatusCode, await response.Content.ReadAsStringAsync(patience.Token));
        await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(patience.Token))
        {
            patience.CancelAfter(silence);
            yield return Read(item.Data);
        }
    }

    public void Dispose() => _http.Dispose();

    internal CommandFault Unreachable(string why) => new(ExitCodes.Unreachable, $"No gateway at {Address}: {why}. Name its admin listener with --admin.");

    private JsonObject Expect(JsonObject? answer) => answer ?? throw NotOurs();

    private JsonObject Read(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw NotOurs();
        }
        catch (JsonException)
        {
            throw NotOurs();
        }
    }

    private CommandFault NotOurs() => new(ExitCodes.Failed, $"What answers at {Address} is not the admin API of a gateway. Name its admin listener with --admin.");
}

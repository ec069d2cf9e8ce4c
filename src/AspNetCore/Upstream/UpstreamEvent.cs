using System.Globalization;
using System.Net.Http.Headers;
using ActorSockets.Actors;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>One event on its way: a CloudEvent in the binary form of the HTTP binding. The same value for every try, so that a repeated one has the same id.</summary>
internal sealed record UpstreamEvent
{
    internal const string Json = "application/json; charset=utf-8";

    /// <summary>Bounded, for metrics: a system event's name, or <c>user</c>.</summary>
    public required string Kind { get; init; }

    public required string Type { get; init; }

    public required string Name { get; init; }

    public required string Hub { get; init; }

    public required string ConnectionId { get; init; }

    /// <summary>0 for <c>connect</c>, then 1, 2, 3… per connection.</summary>
    public required long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    public string? UserId { get; init; }

    public string? Subprotocol { get; init; }

    public string? State { get; init; }

    public string ContentType { get; init; } = Json;

    public ReadOnlyMemory<byte> Body { get; init; } = "{}"u8.ToArray();

    /// <summary>A request may be sent once only, so each try has its own.</summary>
    internal HttpRequestMessage ToRequest(Uri url, string origin, string? signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(Body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
        foreach (var (name, value) in Headers(origin, signature)) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    internal IEnumerable<(string Name, string Value)> Headers(string origin, string? signature)
    {
        yield return ("WebHook-Request-Origin", origin);
        yield return ("ce-specversion", "1.0");
        yield return (Compat.VersionHeader, Compat.Version);
        yield return ("ce-type", Type);
        yield return ("ce-source", $"/hubs/{HeaderText.Encode(Hub)}/client/{ConnectionId}");
        yield return ("ce-id", Id.ToString(CultureInfo.InvariantCulture));
        yield return ("ce-time", Time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (signature is not null) yield return ("ce-signature", signature);
        yield return ("ce-hub", Hub);
        yield return ("ce-connectionId", ConnectionId);
        yield return ("ce-eventName", Name);
        if (UserId is not null) yield return ("ce-userId", HeaderText.Encode(UserId));
        if (Subprotocol is not null) yield return ("ce-subprotocol", Subprotocol);
        if (State is not null) yield return (StateHeader, State);
    }

    internal const string StateHeader = "ce-connectionState";
}

using System.Globalization;
using System.Text.Json;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// A refusal as it goes over the wire: a problem document (RFC 9457) and the headers that help a client do better. The same bytes
/// for every adapter.
/// </summary>
internal sealed record RefusalAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    internal const string ContentType = "application/problem+json";

    internal static RefusalAnswer Of(Refusal refusal, Random random)
    {
        List<KeyValuePair<string, string>> headers = [];
        if (RetryAfter(refusal, random) is { } wait)
            headers.Add(new("Retry-After", Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        if (refusal.Status == 426)
        {
            headers.Add(new("Upgrade", "websocket"));
            headers.Add(new("Sec-WebSocket-Version", "13"));
        }

        if (refusal.Status == 401) headers.Add(new("WWW-Authenticate", "Bearer"));
        return new RefusalAnswer(refusal.Status, headers, Document(refusal));
    }

    /// <summary>The moment at which this one client should come back, drawn for it; null when waiting does not help.</summary>
    internal static TimeSpan? RetryAfter(Refusal refusal, Random random) =>
        refusal.RetryAfter is { } least ? least + random.NextDouble() * refusal.RetrySpread : null;

    private static byte[] Document(Refusal refusal)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", "about:blank");
            json.WriteString("title", Title(refusal.Status));
            json.WriteNumber("status", refusal.Status);
            json.WriteString("detail", refusal.Detail);
            json.WriteString("refusal", refusal.Id);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static string Title(int status) => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status);
}

using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.DataPlane;

/// <summary>An application that calls the data plane without a library: it signs by hand, as the documentation says.</summary>
internal sealed class Caller(GatewayHost gateway) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = gateway.Public, Timeout = TimeSpan.FromSeconds(60) };

    internal sealed record Answer(int Status, string? Code, string Body, HttpResponseHeaders Headers)
    {
        internal JsonObject Json => JsonNode.Parse(Body)!.AsObject();
    }

    /// <param name="method">GET and so on.</param>
    /// <param name="path">Below <c>/api/hubs/</c>, encoded, with its query.</param>
    /// <param name="content">The body.</param>
    /// <param name="token">Null = one for this very address, empty = none.</param>
    internal async Task<Answer> AskAsync(string method, string path, HttpContent? content = null, string? token = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/hubs/{path}") { Content = content };
        if (token != "") request.Headers.Authorization = new("Bearer", token ?? Sign(Claims(path)));
        using var answer = await _http.SendAsync(request);
        var code = answer.Headers.TryGetValues("x-ms-error-code", out var values) ? values.Single() : null;
        return new Answer((int)answer.StatusCode, code, await answer.Content.ReadAsStringAsync(), answer.Headers);
    }

    internal Task<Answer> PostTextAsync(string path, string text) => AskAsync("POST", path, new StringContent(text, Encoding.UTF8, "text/plain"));

    internal Task<Answer> PostJsonAsync(string path, string json) => AskAsync("POST", path, new StringContent(json, Encoding.UTF8, "application/json"));

    internal async Task ExpectAsync(int status, string method, string path)
    {
        var answer = await AskAsync(method, path);
        Assert.True(status == answer.Status, $"{method} {path}: {answer.Status} {answer.Code} {answer.Body}");
    }

    internal string Claims(string path, int expiresIn = 300) =>
        $"{{\"aud\":\"{gateway.Public}api/hubs/{path}\",\"exp\":{DateTimeOffset.UtcNow.ToUnixTimeSeconds() + expiresIn}}}";

    internal static string Sign(string claims, string key = GatewayCalls.AccessKey, string header = """{"alg":"HS256","typ":"JWT"}""")
    {
        var head = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{head}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(head)))}";
    }

    public void Dispose() => _http.Dispose();
}

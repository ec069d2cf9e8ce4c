namespace ActorSockets.AspNetCore.Tests.Admin;

/// <summary>A reader of server-sent events.</summary>
internal sealed class Subscription(HttpClient client, HttpResponseMessage response, StreamReader reader) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<Subscription> OpenAsync(AdminHost host, string query, string? key = null, string path = "/admin/v1/events")
    {
        var client = new HttpClient { BaseAddress = host.Admin.BaseAddress };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        var response = await client.GetAsync(path + query, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var subscription = new Subscription(client, response, new StreamReader(await response.Content.ReadAsStreamAsync()));
        Assert.Equal(": ActorSockets events", await subscription.LineAsync());
        Assert.Equal("", await subscription.LineAsync());
        return subscription;
    }

    public async Task<string?> LineAsync() => await reader.ReadLineAsync().WaitAsync(Patience);

    public async Task<(string Type, string Data)> NextAsync()
    {
        var type = await LineAsync();
        Assert.StartsWith("id: ", await LineAsync(), StringComparison.Ordinal);
        var data = await LineAsync();
        Assert.Equal("", await LineAsync());
        return (type!["event: ".Length..], data!["data: ".Length..]);
    }

    public async Task<string> NextAsync(string type)
    {
        var next = await NextAsync();
        Assert.Equal(type, next.Type);
        return next.Data;
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
        client.Dispose();
    }
}

using System.Text;
using ActorSockets.Tests.Shared;

namespace ActorSockets.Integration.Tests.DataPlane;

public sealed class SendTests : DataPlaneScene
{
    [Fact]
    public async Task A_raw_client_gets_the_bytes_that_were_sent()
    {
        var (client, id) = await RawAsync("ann");
        await SendAsync("chat/:send", "text/plain; charset=UTF-8; x=y", "hällo"u8.ToArray());
        await SendAsync("chat/users/ann/:send", "application/json", """ { "b" : 1.0,"a":"\u00e9é" } """u8.ToArray());
        await SendAsync($"chat/connections/{id}/:send", "application/octet-stream", [0, 255]);
        await SendAsync("chat/:send", null, [1]);
        await SendAsync("chat/:send", "text/plain", []);

        await ExpectAsync(client, RawWebSocketClient.Text, "hällo"u8.ToArray());
        await ExpectAsync(client, RawWebSocketClient.Text, """ { "b" : 1.0,"a":"\u00e9é" } """u8.ToArray());
        await ExpectAsync(client, RawWebSocketClient.Binary, [0, 255]);
        await ExpectAsync(client, RawWebSocketClient.Binary, [1]);
        await ExpectAsync(client, RawWebSocketClient.Text, []);
    }

    [Fact]
    public async Task A_JSON_client_gets_the_same_bytes_in_its_frame()
    {
        var (client, id) = await JsonAsync("ann");
        await Caller.ExpectAsync(200, "PUT", $"chat/groups/g/connections/{id}");
        await SendAsync("chat/:send", "application/json", """{"message":"Hello world!"}"""u8.ToArray());
        await SendAsync("chat/users/ann/:send", "application/json", """ { "b" : 1.0,"a":"\u00e9é" } """u8.ToArray());
        await SendAsync("chat/:send", "text/plain", "\"<é>\n"u8.ToArray());
        await SendAsync($"chat/connections/{id}/:send", null, [0, 255]);
        await SendAsync("chat/groups/g/:send", "text/plain", "x"u8.ToArray());

        Assert.Equal("""{"type":"message","from":"server","dataType":"json","data":{"message":"Hello world!"}}""", await TextOf(client));
        Assert.Equal("""{"type":"message","from":"server","dataType":"json","data": { "b" : 1.0,"a":"\u00e9é" } }""", await TextOf(client));
        Assert.Equal("""{"type":"message","from":"server","dataType":"text","data":"\"<é>\n"}""", await TextOf(client));
        Assert.Equal("""{"type":"message","from":"server","dataType":"binary","data":"AP8="}""", await TextOf(client));
        Assert.Equal("""{"type":"message","from":"group","group":"g","dataType":"text","data":"x"}""", await TextOf(client));
        await Caller.ExpectAsync(204, "DELETE", $"chat/connections/{id}?reason=bye");
        Assert.Equal("""{"type":"system","event":"disconnected","message":"bye"}""", await TextOf(client));
        Assert.Equal((1000, "bye"), ((await client.ReadToCloseAsync()) is { } close ? (close.CloseCode, close.CloseText) : default));
    }

    [Fact]
    public async Task Text_in_another_charset_reaches_clients_as_UTF_8()
    {
        var (client, _) = await RawAsync("ann");
        await SendAsync("chat/:send", "text/plain; charset=iso-8859-1", Encoding.Latin1.GetBytes("hällo"));
        await SendAsync("chat/:send", "application/json; charset=\"utf-16\"", Encoding.Unicode.GetBytes("[\"é\"]"));
        await ExpectAsync(client, RawWebSocketClient.Text, "hällo"u8.ToArray());
        await ExpectAsync(client, RawWebSocketClient.Text, "[\"é\"]"u8.ToArray());
    }

    [Theory]
    [InlineData("application/xml", "x", 415)]
    [InlineData("text/plain; charset=ebcdic", "x", 415)]
    [InlineData("text/", "x", 415)]
    [InlineData("application/json", "", 400)]
    [InlineData("application/json", "{", 400)]
    [InlineData("application/json", "{} {}", 400)]
    [InlineData("application/json", "{'a':1}", 400)]
    [InlineData("application/json", "\"\u00ff\"", 400)]
    [InlineData("text/plain", "\u00ff\u00fe", 400)]
    [InlineData("text/plain; charset=us-ascii", "\u00e9", 400)]
    public async Task What_is_none_of_the_kinds_or_not_what_it_says_is_refused(string type, string latin1, int status)
    {
        var answer = await PostAsync("chat/:send", type, Encoding.Latin1.GetBytes(latin1));
        Assert.Equal((status, status == 415 ? "Error.UnsupportedMediaType" : "Error.BadRequest"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task JSON_may_be_64_levels_deep()
    {
        Assert.Equal(202, (await Caller.PostJsonAsync("chat/:send", new string('[', 64) + new string(']', 64))).Status);
        var deep = await Caller.PostJsonAsync("chat/:send", new string('[', 500_000) + new string(']', 500_000));
        Assert.Equal((400, "Error.BadRequest"), (deep.Status, deep.Code));
        Assert.Contains("64 levels", (string)deep.Json["message"]!, StringComparison.Ordinal);
        Assert.Equal(400, (await Caller.PostJsonAsync("chat/:addToGroups", $$"""{"groups":{{new string('[', 1000)}}{{new string(']', 1000)}}}""")).Status);
    }

    [Fact]
    public async Task A_body_may_have_1_MiB()
    {
        var (client, _) = await RawAsync("ann");
        const int limit = 1024 * 1024;
        await SendAsync("chat/:send", null, new byte[limit]);
        Assert.Equal(limit, (await client.ReadPastPingsAsync())!.Payload.Length);

        var announced = await PostAsync("chat/:send", null, new byte[limit + 1]);
        Assert.Equal((413, "Error.PayloadTooLarge"), (announced.Status, announced.Code));
        Assert.Equal(413, (await Caller.AskAsync("POST", "chat/:send", new Chunked(new byte[limit + 1]))).Status);
        Assert.Equal(202, (await Caller.AskAsync("POST", "chat/:send", new Chunked(new byte[limit]))).Status);
    }

    [Fact]
    public async Task Nobody_is_there_and_the_message_is_taken_all_the_same()
    {
        foreach (var path in new[] { "chat/:send", "chat/users/nobody/:send", "chat/groups/none/:send", "chat/connections/gone/:send" })
            Assert.Equal(202, (await Caller.PostTextAsync(path, "hi")).Status);
    }

    [Fact]
    public async Task Filters_and_exclusions_choose_among_the_receivers()
    {
        var (ann, annId) = await RawAsync("ann");
        var (bob, bobId) = await RawAsync("bob");
        var (eve, _) = await RawAsync("eve");
        await Caller.ExpectAsync(200, "PUT", $"chat/groups/g/connections/{bobId}");

        await TextAsync($"chat/:send?excluded={annId}&excluded=gone&excluded={bobId}", "to eve");
        await TextAsync("chat/:send?filter=" + Uri.EscapeDataString("userId in ('ann','x')"), "to ann");
        await TextAsync("chat/:send?filter=" + Uri.EscapeDataString("'g' in groups"), "to bob");
        await TextAsync("chat/groups/g/:send?filter=" + Uri.EscapeDataString("userId eq 'ann'"), "to nobody");
        await TextAsync("chat/:send", "to all");

        Assert.Equal(["to ann", "to all"], [await TextOf(ann), await TextOf(ann)]);
        Assert.Equal(["to bob", "to all"], [await TextOf(bob), await TextOf(bob)]);
        Assert.Equal(["to eve", "to all"], [await TextOf(eve), await TextOf(eve)]);
    }

    [Fact]
    public async Task Sends_that_were_taken_one_after_another_arrive_so()
    {
        var (client, id) = await RawAsync("ann");
        await Caller.ExpectAsync(200, "PUT", $"chat/groups/g/connections/{id}");
        string[] paths = ["chat/:send", "chat/users/ann/:send", "chat/groups/g/:send", $"chat/connections/{id}/:send"];
        for (var i = 0; i < 40; i++) await TextAsync(paths[i % paths.Length], $"{i}");
        for (var i = 0; i < 40; i++) Assert.Equal($"{i}", await TextOf(client));
    }

    [Theory]
    [InlineData("messageTtlSeconds=0", 202)]
    [InlineData("messageTtlSeconds=300", 202)]
    [InlineData("messageTtlSeconds=301", 400)]
    [InlineData("messageTtlSeconds=-1", 400)]
    [InlineData("messageTtlSeconds=a", 400)]
    [InlineData("messageTtlSeconds=1&messageTtlSeconds=2", 400)]
    [InlineData("api-version=2024-12-01", 202)]
    [InlineData("api-version=2021-08-01-preview", 202)]
    [InlineData("api-version=2019-01-01", 400)]
    [InlineData("api-version=", 400)]
    [InlineData("filter=", 400)]
    [InlineData("filter=true&filter=false", 400)]
    [InlineData("something=else", 202)]
    public async Task Parameters_are_judged_before_anybody_gets_anything(string query, int status)
    {
        var answer = await Caller.PostTextAsync($"chat/:send?{query}", "hi");
        Assert.Equal((status, status == 400 ? "Error.BadRequest" : null), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_bad_filter_is_explained_in_the_words_that_callers_know()
    {
        var answer = await Caller.PostTextAsync("chat/:send?filter=invalid%20filter", "hi");
        Assert.Equal(
            """{"code":"Error.BadRequest","message":"Invalid syntax for 'invalid filter': Syntax error at position 14 in 'invalid filter'. (Parameter 'filter')","error":{"code":"Error.BadRequest"}}""",
            answer.Body);
    }

    private async Task TextAsync(string path, string text) => Assert.Equal(202, (await Caller.PostTextAsync(path, text)).Status);

    private async Task SendAsync(string path, string? type, byte[] body)
    {
        var answer = await PostAsync(path, type, body);
        Assert.Equal((202, ""), (answer.Status, answer.Body));
    }

    private Task<Caller.Answer> PostAsync(string path, string? type, byte[] body)
    {
        var content = new ByteArrayContent(body);
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        return Caller.AskAsync("POST", path, content);
    }

    private static async Task<string> TextOf(RawWebSocketClient client) => (await client.ReadPastPingsAsync())!.Text;

    private static async Task ExpectAsync(RawWebSocketClient client, int opcode, byte[] payload)
    {
        var frame = (await client.ReadPastPingsAsync())!;
        Assert.Equal((opcode, true), (frame.Opcode, frame.Fin));
        Assert.Equal(payload, frame.Payload);
    }

    /// <summary>A body whose length nobody announces.</summary>
    private sealed class Chunked(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

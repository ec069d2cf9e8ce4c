namespace ActorSockets.Integration.Tests.Endings;

public sealed class ActiveCloseTests
{
    [Theory]
    [InlineData(4001, "bye")]
    [InlineData(1000, "")]
    [InlineData(1001, "going away")]
    public async Task A_client_that_closes_gets_its_own_code_and_text_back(int code, string text)
    {
        await using var scene = await EndingScene.StartAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendCloseAsync(code, text);

        await peer.ReadsCloseAsync(code, text);
        Assert.True(await peer.Socket.ReadToEndAsync());
        await scene.ToldAsync(peer, "client-closed", code, "clean");
        Assert.Equal(text, (string?)(await scene.Gateway.EndingAsync())["text"]);
    }

    [Fact]
    public async Task An_empty_close_frame_reads_as_1000()
    {
        await using var scene = await EndingScene.StartAsync();
        using var peer = await scene.ConnectAsync();

        await peer.Socket.SendCloseAsync(null);

        await peer.ReadsCloseAsync(1000, "");
        Assert.True(await peer.Socket.ReadToEndAsync());
        await scene.ToldAsync(peer, "client-closed", 1000, "clean");
    }

    [Theory]
    [InlineData("", 1000, "server-closed")]
    [InlineData("?code=4000", 4000, "server-closed")]
    [InlineData("?reason=lunch%20time", 1000, "lunch time")]
    [InlineData("?code=1012&reason=f%C3%BCr%20heute", 1012, "für heute")]
    public async Task The_server_closes_with_what_its_caller_said(string query, int code, string text)
    {
        await using var scene = await EndingScene.StartAsync();
        using var peer = await scene.ConnectAsync();

        using var answer = await scene.Gateway.Admin.DeleteAsync($"/admin/v1/connections/{peer.Id}{query}");

        Assert.Equal(202, (int)answer.StatusCode);
        await peer.IsClosedAsync(code, text);
        await scene.ToldAsync(peer, "server-closed", code, "clean");
        Assert.Equal(text, (string?)(await scene.Gateway.EndingAsync())["text"]);
    }

    [Fact]
    public async Task An_aborted_connection_ends_without_a_close_frame()
    {
        await using var scene = await EndingScene.StartAsync();
        using var peer = await scene.ConnectAsync();

        using var answer = await scene.Gateway.Admin.DeleteAsync($"/admin/v1/connections/{peer.Id}?abort=true");

        Assert.Equal(202, (int)answer.StatusCode);
        await peer.IsCutAsync();
        await scene.ToldAsync(peer, "server-closed", null, "aborted");
    }
}

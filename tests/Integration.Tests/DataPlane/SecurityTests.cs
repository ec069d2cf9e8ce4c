using System.Buffers.Text;
using System.Net;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.DataPlane;

public sealed class SecurityTests : DataPlaneScene
{
    private const string Path = "chat/users/ann";

    [Fact]
    public async Task A_token_for_the_address_opens_it_with_either_key_with_or_without_its_query()
    {
        Assert.Equal(404, (await Caller.AskAsync("HEAD", Path)).Status);
        Assert.Equal(404, (await Caller.AskAsync("HEAD", Path, token: Caller.Sign(Caller.Claims(Path), SecondKey))).Status);
        Assert.Equal(404, (await Caller.AskAsync("HEAD", $"{Path}?api-version=2024-12-01", token: Caller.Sign(Caller.Claims(Path)))).Status);
        Assert.Equal(404, (await Caller.AskAsync("HEAD", Path, token: Caller.Sign(Caller.Claims($"{Path}/?x=1")))).Status);
        Assert.Equal(404, (await Caller.AskAsync("HEAD", Path, token: Caller.Sign(Caller.Claims("CHAT/users/%61nn")))).Status);
    }

    [Theory]
    [InlineData("no token")]
    [InlineData("none of ours")]
    [InlineData("wrong key")]
    [InlineData("alg none")]
    [InlineData("alg none, signed")]
    [InlineData("alg HS512")]
    [InlineData("expired")]
    [InlineData("no exp")]
    [InlineData("no aud")]
    [InlineData("another hub")]
    [InlineData("another user")]
    [InlineData("the whole hub")]
    [InlineData("a border moved by an encoded slash")]
    [InlineData("another host")]
    [InlineData("no host")]
    public async Task Other_tokens_do_not(string what)
    {
        var good = Caller.Claims(Path);
        var signed = Caller.Sign(good).Split('.');
        var token = what switch
        {
            "no token" => "",
            "none of ours" => "abc",
            "wrong key" => Caller.Sign(good, "a-key-of-somebody-else-0123456789abcdef"),
            "alg none" => $"{Base64Url.EncodeToString("""{"alg":"none"}"""u8)}.{signed[1]}.",
            "alg none, signed" => Caller.Sign(good, header: """{"alg":"none"}"""),
            "alg HS512" => Caller.Sign(good, header: """{"alg":"HS512"}"""),
            "expired" => Caller.Sign(Caller.Claims(Path, -31)),
            "no exp" => Caller.Sign($$"""{"aud":"{{Gateway.Public}}api/hubs/{{Path}}"}"""),
            "no aud" => Caller.Sign("""{"exp":9999999999}"""),
            "another hub" => Caller.Sign(Caller.Claims("other/users/ann")),
            "another user" => Caller.Sign(Caller.Claims("chat/users/Ann")),
            "the whole hub" => Caller.Sign(Caller.Claims("chat")),
            "a border moved by an encoded slash" => Caller.Sign(Caller.Claims("chat/users%2Fann")),
            "another host" => Caller.Sign("""{"exp":9999999999,"aud":"http://elsewhere.example/api/hubs/chat/users/ann"}"""),
            _ => Caller.Sign("""{"exp":9999999999,"aud":"/api/hubs/chat/users/ann"}"""),
        };

        var answer = await Caller.AskAsync("HEAD", Path, token: token);

        Assert.Equal((401, "Unauthorized", ""), (answer.Status, answer.Code, answer.Body));
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task A_clients_token_opens_no_call_and_a_callers_token_no_socket()
    {
        var answer = await Caller.AskAsync("POST", "chat/:send", new StringContent("hi"), Gateway.Token("chat", "ann"));
        Assert.Equal((401, "Unauthorized"), (answer.Status, answer.Code));
        Assert.Contains("audience", (string)answer.Json["message"]!, StringComparison.Ordinal);

        using var client = await Gateway.ConnectAsync("chat", $"Authorization: Bearer {Caller.Sign(Caller.Claims("chat/:send"))}");
        Assert.Equal(401, client.Status);
    }

    [Fact]
    public async Task A_token_in_the_query_does_not_count()
    {
        var answer = await Caller.AskAsync("HEAD", $"{Path}?access_token={Caller.Sign(Caller.Claims(Path))}", token: "");
        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task An_error_repeats_no_token_and_the_log_has_none()
    {
        var token = Caller.Sign(Caller.Claims("other/users/ann"));
        var answer = await Caller.AskAsync("GET", "chat/groups/g/connections", token: token);
        Assert.Equal(401, answer.Status);
        Assert.DoesNotContain(token.Split('.')[2], answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(GatewayCalls.AccessKey, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(Gateway.Log.Lines, line => line.Text.Contains(token.Split('.')[2], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nobody/users/ann", 404, "Error.Hub.NotExisted")]
    [InlineData("9/users/ann", 400, "Error.BadRequest")]
    [InlineData("chat/nothing", 404, "Error.NotFound")]
    [InlineData("chat/users/", 404, "Error.NotFound")]
    [InlineData("chat/users/%FF", 400, "Error.BadRequest")]
    [InlineData("chat", 404, "Error.NotFound")]
    public async Task An_address_that_is_none_is_named_before_any_token_is_looked_at(string path, int status, string code)
    {
        var answer = await Caller.AskAsync("HEAD", path, token: "");
        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task A_wrong_method_is_told_the_right_ones()
    {
        var answer = await Caller.AskAsync("PATCH", "chat/connections/c", token: "");
        Assert.Equal((405, "Error.MethodNotAllowed"), (answer.Status, answer.Code));
        var knock = await Knock.SendAsync(Gateway.PublicEndPoint, $"PATCH /api/hubs/chat/connections/c HTTP/1.1\r\nHost: {Gateway.PublicEndPoint}\r\n\r\n");
        Assert.Equal("HEAD, DELETE", knock["Allow"]);
    }

    [Fact]
    public async Task The_admin_listener_has_no_data_plane()
    {
        using var answer = await Gateway.Admin.PostAsync("/api/hubs/chat/:send", new StringContent("x"));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Line_breaks_in_names_and_reasons_stay_data()
    {
        var (client, id) = await RawAsync("a\r\nX-Evil: 1");
        await Caller.ExpectAsync(200, "PUT", $"chat/groups/g%0D%0AX-Evil%3A%201/connections/{id}");
        var list = await Caller.AskAsync("GET", "chat/groups/g%0D%0AX-Evil%3A%201/connections?maxpagesize=1");
        Assert.Equal("a\r\nX-Evil: 1", (string)list.Json["value"]![0]!["userId"]!);
        Assert.False(list.Headers.Contains("X-Evil"));
        var knock = await Knock.SendAsync(
            Gateway.PublicEndPoint,
            $"DELETE /api/hubs/chat/connections/{id}?reason=bye%0D%0AX-Evil:%201 HTTP/1.1\r\nHost: {Gateway.PublicEndPoint}\r\nAuthorization: Bearer {Caller.Sign(Caller.Claims($"chat/connections/{id}"))}\r\n\r\n");
        Assert.Equal((204, (string?)null), (knock.Status, knock["X-Evil"]));
        Assert.Equal("bye\r\nX-Evil: 1", (await client.ReadToCloseAsync())!.CloseText);
    }
}

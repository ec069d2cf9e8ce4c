using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Upgrade;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.AspNetCore.Tests.Upgrade;

public class ClientTokenTests
{
    private const string Key = "primary-key-0123456789abcdef0123456789";
    private const string Second = "secondary-key-0123456789abcdef01234567";
    private const string Endpoint = "http://127.0.0.1:8080";
    private const string Audience = "\"aud\":\"http://127.0.0.1:8080/client/hubs/chat\"";
    private const string Exp = "\"exp\":1767229200";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero); // 1767225600
    private static readonly RequestPlace Place = new(false, "127.0.0.1:8080");

    [Fact]
    public async Task An_issued_token_is_valid_and_says_what_was_put_in()
    {
        var token = new ClientTokenIssuer(Second, new FakeTimeProvider(Now)).Issue(Endpoint + "/", "Chat", "u 1", TimeSpan.FromHours(1));
        var (valid, refusal) = await Validate(token);
        Assert.Null(refusal);
        Assert.Equal("u 1", valid!.UserId);
        Assert.Equal((Now, Now.AddHours(1)), (valid.Facts.IssuedAt, valid.Facts.ExpiresAt));
        Assert.NotNull(valid.Facts.TokenId);
    }

    [Theory]
    [InlineData("\"sub\":\"ann\"")]
    [InlineData("\"role\":\"one\",\"webpubsub.group\":[]")]
    [InlineData("\"nbf\":1767225630")]
    [InlineData("\"unknown\":{\"a\":[1]}")]
    [InlineData("\"iat\":1767225600.5")]
    public async Task Good_payloads_pass(string more) => Assert.Null((await Validate(Sign($"{{{Audience},{Exp},{more}}}"))).Refusal);

    [Fact]
    public async Task Groups_and_roles_are_one_text_or_a_list_of_texts()
    {
        var (token, refusal) = await Validate(Sign($"{{{Audience},{Exp},\"role\":[\"webpubsub.sendToGroup.a\",\"x\"],\"webpubsub.group\":\"room 1\"}}"));
        Assert.Null(refusal);
        Assert.Equal(["room 1"], token!.Standing!.Groups);
        Assert.True(token.Standing.Rights!.May(Permission.SendToGroup, "a"));
        Assert.Null((await Validate(Sign($"{{{Audience},{Exp},\"role\":\"x\"}}"))).Token!.Standing);
    }

    [Theory]
    [InlineData("\"webpubsub.group\":\" \"", "webpubsub.group")]
    [InlineData("\"webpubsub.group\":[\"a\",1]", "webpubsub.group")]
    [InlineData("\"webpubsub.group\":{}", "webpubsub.group")]
    [InlineData("\"role\":5", "role")]
    public async Task A_good_token_that_asks_for_what_cannot_be_is_a_bad_request(string claim, string named)
    {
        var (token, refusal) = await Validate(Sign($"{{{Audience},{Exp},{claim}}}"));
        Assert.NotNull(token);
        Assert.Equal(400, refusal!.Status);
        Assert.Contains(named, refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_sub_and_iat_the_user_is_anonymous_and_the_token_from_the_epoch()
    {
        var (token, _) = await Validate(Sign($"{{{Audience},{Exp},\"sub\":\"\"}}"));
        Assert.Null(token!.UserId);
        Assert.Equal(DateTimeOffset.UnixEpoch, token.Facts.IssuedAt);
        Assert.Null(token.Facts.TokenId);
    }

    [Theory]
    [InlineData(Audience, "exp")]
    [InlineData(Audience + ",\"exp\":\"1767229200\"", "exp")]
    [InlineData(Audience + ",\"exp\":1e400", "exp")]
    [InlineData(Audience + ",\"exp\":99999999999999999999999999", "exp")]
    [InlineData(Audience + ",\"exp\":-1", "exp")]
    [InlineData(Audience + ",\"exp\":null", "exp")]
    [InlineData(Audience + ",\"exp\":1767225570", "expired")]
    [InlineData(Audience + ",\"exp\":1", "expired")]
    [InlineData(Audience + ",\"exp\":1767225000,\"exp\":1767229200", "doubled")]
    [InlineData(Audience + "," + Exp + ",\"nbf\":1767225631", "nbf")]
    [InlineData(Audience + "," + Exp + ",\"iat\":\"x\"", "iat")]
    [InlineData(Exp, "aud")]
    [InlineData(Exp + ",\"aud\":[]", "aud")]
    [InlineData(Exp + ",\"aud\":[\"http://127.0.0.1:8080/client/hubs/chat\",1]", "aud")]
    [InlineData(Exp + ",\"aud\":{\"a\":1}", "aud")]
    [InlineData(Audience + "," + Exp + ",\"sub\":1", "sub")]
    [InlineData(Audience + "," + Exp + ",\"jti\":[\"a\"]", "jti")]
    [InlineData(Audience + "," + Exp + ",\"sub\":\"\\ud800\"", "token")]
    public async Task Bad_payloads_are_refused_with_the_claim_named(string claims, string detail)
    {
        var refusal = (await Validate(Sign($"{{{claims}}}"))).Refusal;
        Assert.Equal(("token", 401), (refusal!.Id, refusal.Status));
        Assert.Contains(detail, refusal.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("")]
    public async Task A_payload_that_is_no_object_is_refused(string payload) => Assert.Equal("token", (await Validate(Sign(payload))).Refusal?.Id);

    [Theory]
    [InlineData("http://127.0.0.1:8080/client/hubs/CHAT", true)]
    [InlineData("http://127.0.0.1:8080/client/hubs/%63hat", true)]
    [InlineData("http://127.0.0.1:8080/client/hubs/chat/", true)]
    [InlineData("ws://127.0.0.1:8080/client/hubs/chat", true)]
    [InlineData("https://app.example/client/hubs/chat", true)]
    [InlineData("https://app.example:443/client/hubs/chat", true)]
    [InlineData("https://app.example/base/client/hubs/chat", false)]
    [InlineData("https://pre.example/base/client/hubs/chat", true)]
    [InlineData("https://pre.example/client/hubs/chat", false)]
    [InlineData("http://app.example/client/hubs/chat", false)]
    [InlineData("https://127.0.0.1:8080/client/hubs/chat", false)]
    [InlineData("http://127.0.0.1/client/hubs/chat", false)]
    [InlineData("http://evil:8080/client/hubs/chat", false)]
    [InlineData("http://127.0.0.1:8080@evil/client/hubs/chat", false)]
    [InlineData("http://127.0.0.1:8080/client/hubs/chat2", false)]
    [InlineData("http://127.0.0.1:8080/client/hubs/", false)]
    [InlineData("http://127.0.0.1:8080/client/hubs/chat/x", false)]
    [InlineData("http://127.0.0.1:8080/api/hubs/chat", false)]
    [InlineData("http://127.0.0.1:8080/api/hubs/chat/users/u/:send?api-version=2024-12-01", false)]
    [InlineData("http://127.0.0.1:8080/api/../client/hubs/chat", false)]
    [InlineData("/client/hubs/chat", false)]
    [InlineData("chat", false)]
    [InlineData("", false)]
    public async Task Only_a_token_for_this_endpoint_and_hub_is_taken(string audience, bool valid)
    {
        var single = await Validate(Sign($"{{{Exp},\"aud\":\"{audience}\"}}"));
        Assert.Equal(valid, single.Token is not null);
        var list = await Validate(Sign($"{{{Exp},\"aud\":[\"x\",\"{audience}\",\"{audience}\"]}}"));
        Assert.Equal(valid, list.Token is not null);
    }

    [Fact]
    public async Task The_forwarded_name_counts_and_PathOnly_looks_at_no_name()
    {
        var token = Sign($"{{{Exp},\"aud\":\"https://front.example/client/hubs/chat\"}}");
        var validator = Validator();
        Assert.NotNull((await validator.ValidateAsync(token, "chat", new(true, "10.0.0.1", "front.example"), Now)).Token);
        Assert.Null((await validator.ValidateAsync(token, "chat", new(true, "10.0.0.1"), Now)).Token);
        var pathOnly = new ClientTokenValidator(new([Key], TimeSpan.Zero, [], true));
        Assert.NotNull((await pathOnly.ValidateAsync(token, "chat", new(true, "10.0.0.1"), Now)).Token);
        Assert.Null((await pathOnly.ValidateAsync(token, "other", new(true, "10.0.0.1"), Now)).Token);
        var rest = Sign($"{{{Exp},\"aud\":\"https://front.example/api/hubs/chat\"}}");
        Assert.Null((await pathOnly.ValidateAsync(rest, "chat", new(true, "10.0.0.1"), Now)).Token);
    }

    [Theory]
    [InlineData("""{"alg":"none"}""", "HS256")]
    [InlineData("""{"alg":"None"}""", "HS256")]
    [InlineData("""{"alg":"RS256","typ":"JWT"}""", "HS256")]
    [InlineData("""{"alg":"HS512"}""", "HS256")]
    [InlineData("""{"alg":"hs256"}""", "HS256")]
    [InlineData("""{"typ":"JWT"}""", "HS256")]
    [InlineData("""{"alg":"HS256","crit":["exp"]}""", "crit")]
    [InlineData("""{"alg":["HS256"]}""", "token")]
    [InlineData("""[]""", "token")]
    public async Task Headers_other_than_HS256_are_refused(string header, string detail)
    {
        var payload = $"{{{Audience},{Exp}}}";
        foreach (var token in (string[])[Sign(payload, header: header), Base64(header) + "." + Base64(payload) + "."])
        {
            var refusal = (await Validate(token)).Refusal;
            Assert.Equal("token", refusal!.Id);
            Assert.Contains(detail, refusal.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Unknown_header_fields_and_either_key_are_fine()
    {
        Assert.NotNull((await Validate(Sign($"{{{Audience},{Exp}}}", header: """{"alg":"HS256","typ":"JWT","kid":"1234","x":1}"""))).Token);
        Assert.NotNull((await Validate(Sign($"{{{Audience},{Exp}}}", Second))).Token);
    }

    [Fact]
    public async Task A_wrong_key_a_changed_payload_and_a_missing_signature_are_refused()
    {
        Assert.Contains("signature", (await Validate(Sign($"{{{Audience},{Exp}}}", "another-key-0123456789abcdef012345678"))).Refusal!.Detail, StringComparison.Ordinal);
        var parts = Sign($"{{{Audience},{Exp}}}").Split('.');
        Assert.NotNull((await Validate($"{parts[0]}.{Base64($"{{{Audience},{Exp},\"sub\":\"root\"}}")}.{parts[2]}")).Refusal);
        Assert.NotNull((await Validate($"{parts[0]}.{parts[1]}.")).Refusal);
        Assert.NotNull((await Validate($"{parts[0]}.{parts[1]}")).Refusal);
        Assert.NotNull((await Validate($"{parts[0]}.{parts[1]}.{parts[2]}.x.y")).Refusal);
        Assert.Contains("longer", (await Validate(new string('a', 20_000))).Refusal!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"aud\":\"https://anywhere/client/hubs/chat\"," + Exp, true, false)]
    [InlineData("\"aud\":[\"https://anywhere/client/hubs/news\",\"https://anywhere/client/hubs/chat\"]," + Exp, true, false)]
    [InlineData("\"aud\":\"https://anywhere/client/hubs/news\"," + Exp, false, true)]
    [InlineData("\"aud\":\"https://anywhere/client/hubs/news\",\"exp\":1", false, false)]
    [InlineData("\"aud\":\"https://anywhere/client/hubs/chat\",\"sub\":1," + Exp, false, false)]
    [InlineData("\"aud\":\"https://anywhere/api/hubs/chat\"," + Exp, false, false)]
    public async Task An_operator_is_told_that_a_good_token_is_for_another_hub(string claims, bool good, bool otherHub)
    {
        var (verdict, other) = await Validator().ValidateForOperatorAsync(Sign($"{{{claims}}}"), "chat", Now);
        Assert.Equal((good, otherHub), (verdict.Refusal is null, other));
    }

    [Fact]
    public async Task Without_access_keys_every_token_is_refused()
    {
        var none = new ClientTokenValidator(new([], TimeSpan.Zero, [], false));
        Assert.Contains("AccessKeys", (await none.ValidateAsync(Sign($"{{{Audience},{Exp}}}"), "chat", Place, Now)).Refusal!.Detail, StringComparison.Ordinal);
        Assert.Equal(default, await none.JudgeAsync(Head.Of(), "chat", anonymous: true, Place, Now));
    }

    [Theory]
    [InlineData("", null, true, null)]
    [InlineData("", null, false, "requires")]
    [InlineData("?access_token=", null, true, null)]
    [InlineData("?access_token=TOKEN", null, false, null)]
    [InlineData("", "Bearer TOKEN", false, null)]
    [InlineData("", "bearer TOKEN", false, null)]
    [InlineData("?access_token=TOKEN", "Bearer TOKEN", false, null)]
    [InlineData("?access_token=TOKEN&access_token=TOKEN", null, false, null)]
    [InlineData("?access_token=TOKEN&access_token=x", null, false, "different")]
    [InlineData("?access_token=TOKEN", "Bearer x", false, "different")]
    [InlineData("?access_token=TOKEN", "Basic dTpw", false, null)]
    [InlineData("", "Basic dTpw", false, "requires")]
    [InlineData("?access_token=x", null, true, "JWT")]
    public async Task The_token_is_found_in_query_or_header(string query, string? header, bool anonymous, string? detail)
    {
        var token = Sign($"{{{Audience},{Exp}}}");
        var request = Head.Of("/client/hubs/chat" + query.Replace("TOKEN", token, StringComparison.Ordinal));
        if (header is not null) request = request with { Headers = Head.Headers(("Authorization", header.Replace("TOKEN", token, StringComparison.Ordinal))) };
        var verdict = await Validator().JudgeAsync(request, "chat", anonymous, Place, Now);
        if (detail is null) Assert.Null(verdict.Refusal);
        else Assert.Contains(detail, verdict.Refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_is_refused_and_never_throws_nor_is_repeated()
    {
        var parts = Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 0, 20], Gen.String[0, 10], Gen.Const(Base64("""{"alg":"HS256"}""")), Gen.Const(Base64("{}")), Gen.Byte.Array[0, 20].Select(b => Base64Url.EncodeToString(b)));
        await parts.Array[1, 6].SampleAsync(async p =>
        {
            var token = string.Join('.', p);
            var refusal = (await Validate(token)).Refusal;
            Assert.Equal("token", refusal?.Id);
            if (token.Length > 30) Assert.DoesNotContain(token, refusal!.Detail, StringComparison.Ordinal);
        });
    }

    private static ClientTokenValidator Validator() =>
        new(new ClientTokenRules([Key, Second], TimeSpan.FromSeconds(30), ["https://app.example", "https://pre.example/base/"], false));

    private static async Task<TokenVerdict> Validate(string token) => await Validator().ValidateAsync(token, "chat", Place, Now);

    private static string Sign(string payload, string key = Key, string header = """{"alg":"HS256","typ":"JWT"}""")
    {
        var text = $"{Base64(header)}.{Base64(payload)}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Base64(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}

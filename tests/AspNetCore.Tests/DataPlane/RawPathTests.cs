using System.Text;
using ActorSockets.AspNetCore.DataPlane;
using ActorSockets.AspNetCore.DataPlane.Reading;
using CsCheck;

namespace ActorSockets.AspNetCore.Tests.DataPlane;

public class RawPathTests
{
    [Theory]
    [InlineData("/api/hubs/c/groups/room%20%2F1", "api|hubs|c|groups|room /1")]
    [InlineData("/a%252Fb", "a%2Fb")]
    [InlineData("/a/", "a")]
    [InlineData("/a//b", "a||b")]
    [InlineData("/%2e%2E", "..")]
    [InlineData("/+", "+")]
    [InlineData("/%C3%BC:x", "ü:x")]
    [InlineData("/", "")]
    public void Segments_are_split_and_then_decoded_once(string path, string expected)
    {
        Assert.True(RawPath.TrySplit(path, out var segments));
        Assert.Equal(expected, string.Join('|', segments));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("*")]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%zz")]
    [InlineData("/%FF")]
    [InlineData("/%C3")]
    [InlineData("/%ED%A0%80")]
    [InlineData("/%41\u0100")]
    [InlineData("/a/../b")]
    [InlineData("/./b")]
    public void What_is_no_path_is_refused(string path) => Assert.False(RawPath.TrySplit(path, out _));

    [Fact]
    public void Every_name_survives_the_way()
    {
        Gen.String[1, 20].Where(IsText).Array[1, 4].Sample(names =>
        {
            var path = string.Concat(names.Select(n => "/" + (n is "." or ".." ? n.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(n))));
            return RawPath.TrySplit(path, out var segments) && segments.SequenceEqual(names);
        });
    }

    [Fact]
    public void A_continuation_token_names_the_last_connection_and_nothing_else_is_one()
    {
        var id = new Actors.Connections.ConnectionId("k3f9qa.Xr0_-");
        Assert.True(ContinuationToken.TryRead(ContinuationToken.Write(id), out var read));
        Assert.Equal(id, read);
        Gen.String[0, 300].Sample(text => !ContinuationToken.TryRead(text, out _));
    }

    [Theory]
    [InlineData("POST", "api/hubs/c/:send", Operation.SendToHub)]
    [InlineData("POST", "API/HUBS/c/GROUPS/g/:SEND", Operation.SendToGroup)]
    [InlineData("PUT", "api/hubs/c/users/u/groups/g", Operation.AddUserToGroup)]
    [InlineData("DELETE", "api/hubs/c/users/u/groups", Operation.RemoveUserFromAllGroups)]
    [InlineData("HEAD", "api/hubs/c/permissions/p/connections/x", Operation.CheckPermission)]
    [InlineData("post", "api/hubs/c/:send", null)]
    [InlineData("GET", "api/hubs/c/:send", null)]
    [InlineData("POST", "api/hubs/c", null)]
    [InlineData("POST", "api/hubs/c/users//:send", null)]
    [InlineData("POST", "api/hubs/c/users/u/:send/x", null)]
    [InlineData("POST", "apis/hubs/c/:send", null)]
    public void An_address_and_a_method_are_one_operation_or_none(string method, string path, object? expected)
    {
        var target = OperationTable.Find(method, path.Split('/'), out var operation, out _);
        Assert.Equal(expected, target is null ? null : operation);
    }

    private static bool IsText(string text)
    {
        try
        {
            _ = new UTF8Encoding(false, true).GetBytes(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}

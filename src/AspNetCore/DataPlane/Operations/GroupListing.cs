using System.Globalization;
using System.Text;
using System.Text.Json;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.DataPlane.Reading;
using static ActorSockets.Actors.Routing.RouterProtocol;

namespace ActorSockets.AspNetCore.DataPlane.Operations;

/// <summary>
/// The connections of a group, page by page in order of their ids, so that who comes and goes meanwhile disturbs nothing. The next
/// page has an absolute address under the name that the caller used, because SDKs sign it as it is.
/// </summary>
internal sealed class GroupListing(RouterCalls router)
{
    internal async Task<DataPlaneAnswer> ListAsync(DataPlaneCall call)
    {
        var group = call.Target.Group!;
        if (GroupNames.Fault(group) is { } name) return DataPlaneAnswer.Of(name);
        var size = call.Query.Number("maxpagesize", 1, DataPlaneQuery.MaxPageSize);
        var top = call.Query.Number("top", 1, int.MaxValue);
        ConnectionId? after = null;
        if (call.Query.Text("continuationToken") is { } token)
        {
            if (ContinuationToken.TryRead(token, out var given)) after = given;
            else call.Query.Reject("continuationToken", "as it stood in nextLink");
        }

        if (call.Query.Fault is { } fault) return DataPlaneAnswer.Of(fault);
        var limit = Math.Min(size ?? DataPlaneQuery.MaxPageSize, top ?? int.MaxValue);
        if (await router.AskAsync<GroupPage>(call.Group, new ListGroup(call.Hub, group, after, limit)) is not { } answers) return DataPlaneAnswer.Of(DataPlaneError.NoAnswer());
        var page = Merge([.. answers.All], limit);
        var left = top - page.Members.Count;
        return DataPlaneAnswer.Of(Body(page, page.Next is { } next && left is null or > 0 ? NextLink(call, size, left, page.Next.Value) : null)).Without(answers.Missing);
    }

    private static GroupPage Merge(IReadOnlyList<GroupPage> pages, int limit)
    {
        var (members, next) = MergedPage.Of([.. pages.Select(p => (p.Members, p.Next))], m => m.Id, limit);
        return new GroupPage(members, pages.Sum(p => p.Total), next);
    }

    private static string NextLink(DataPlaneCall call, int? size, int? top, ConnectionId after)
    {
        var link = new StringBuilder(call.Origin).Append(call.RawPath).Append('?');
        if (call.Version is { } version) link.Append("api-version=").Append(version).Append('&');
        if (size is { } limit) link.Append(CultureInfo.InvariantCulture, $"maxpagesize={limit}&");
        if (top is { } cap) link.Append(CultureInfo.InvariantCulture, $"top={cap}&");
        return link.Append("continuationToken=").Append(ContinuationToken.Write(after)).ToString();
    }

    private static byte[] Body(GroupPage page, string? nextLink)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("value");
            foreach (var member in page.Members)
            {
                json.WriteStartObject();
                json.WriteString("connectionId", member.Id.Value);
                if (member.UserId is { } user) json.WriteString("userId", user);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (nextLink is not null) json.WriteString("nextLink", nextLink);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}

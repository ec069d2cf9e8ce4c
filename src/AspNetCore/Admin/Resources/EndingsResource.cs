using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Settings;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary><c>/admin/v1/endings</c>: who was disconnected when, why, and after how long.</summary>
internal static class EndingsResource
{
    private const char List = 'e';

    private static readonly QueryField[] Filters =
    [
        new("connection", "Id of a connection."),
        new("hub", "Name of a hub."),
        new("user", "Id of a user, in every hub unless hub is given."),
        new("ip", "Address or CIDR range of the client."),
        new("ending", "Id of an ending; see /admin/v1/endings/catalogue."),
        new("since", "Ended at this time or later.", FieldKind.Instant),
        Paging.Limit,
        Paging.Cursor,
    ];

    internal static void MapEndings(this IEndpointRouteBuilder admin)
    {
        var endings = admin.MapGroup("/endings").WithTags("Endings");
        endings.MapGet("", ListAsync).Named("ListEndings", "Ended sessions, the latest first")
            .TakesQuery(Filters).Produces<ListView<EndingView>>().MayBeInvalid();
        endings.MapGet("/catalogue", Catalogue).Named("GetEndingCatalogue", "Every way a session can end, and what its client should do next")
            .Produces<ListView<CatalogueView>>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IAdminActors actors, AdminReach reach)
    {
        var query = new QueryReader(context);
        var ending = query.Text("ending");
        if (ending is not null && EndingCatalogue.Find(ending) is null)
            query.Faults.Add("ending", $"must be one of {string.Join(", ", EndingCatalogue.All.Select(e => e.Id))}.");
        var question = new HistoryProtocol.Query
        {
            Connection = query.Text("connection"),
            Hub = query.Text("hub") is { } hub ? HubName.Key(hub) : null,
            User = query.Text("user"),
            Ip = query.Network("ip"),
            Ending = ending,
            Since = query.Instant("since"),
            Limit = Paging.LimitOf(query),
        };
        var cursor = Paging.CursorOf(query, List) is { } text ? EndingsCursor.Parse(text) : EndingsCursor.Start;
        if (cursor is null) query.Faults.Add(Paging.Cursor.Name, "must be the cursor of an earlier answer of this call.");
        if (query.Faults.Any) return Problems.BadRequest(query.Faults);

        // Each node counts its endings by itself, so each has a place of its own in the list and is asked from there on.
        var nodes = await Task.WhenAll(reach.Now.All.Select(async m =>
            await reach.AskAsync<HistoryProtocol.Found>(m.Node, actors.Endings, HistoryProtocol.Name, question with { Before = cursor!.Of(m.Tag) }, context.RequestAborted)));
        var page = EndingsPage.Merge([.. nodes.SelectMany(n => n.Answers).Select(a => (a.Member.Tag, a.Answer))], cursor!, question.Limit);
        return AdminJson.Ok(new ListView<EndingView>([.. page.Records.Select(EndingView.Of)], page.Total, Paging.CursorFor(List, page.Next?.ToString()))
            .Without([.. nodes.SelectMany(n => n.Missing)]));
    }

    private static IResult Catalogue(Live<NodeSettings> settings)
    {
        var now = settings.Current;
        return AdminJson.Ok(new ListView<CatalogueView>(
            [.. EndingCatalogue.All.Select(e => new CatalogueView(e.Id, WireName.Of(e.Category), now.CodeOf(e), WireName.Of(e.Reconnect), e.FramedByLibrary, e.Summary))],
            EndingCatalogue.All.Count));
    }
}

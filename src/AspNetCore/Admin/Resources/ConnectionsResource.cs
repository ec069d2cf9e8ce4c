using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Admin.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary><c>/admin/v1/connections</c>.</summary>
internal static class ConnectionsResource
{
    private const char List = 'c';

    internal static void MapConnections(this IEndpointRouteBuilder admin)
    {
        var connections = admin.MapGroup("/connections").WithTags("Connections");
        connections.MapGet("", ListAsync).Named("ListConnections", "Connections that match a selector, in order of id")
            .TakesQuery([.. SelectorFields.Fields, Paging.Limit, Paging.Cursor]).Produces<ListView<ConnectionView>>().MayBeInvalid();
        connections.MapGet("/{id}", GetAsync).Named("GetConnection", "One connection, its nearest deadline and why")
            .Produces<ConnectionDetails>().MayBeMissing();
        connections.MapDelete("/{id}", CloseAsync).Named("CloseConnection", "Close one connection now, from any node")
            .TakesQuery(
                new QueryField("code", $"Close code: {CloseCodes.Allowed}.", FieldKind.Number) { Default = "1000" },
                new QueryField("reason", $"Close text, at most {CloseText.MaxBytes} UTF-8 bytes; goes out verbatim."),
                new QueryField("abort", "Cut the transport; no close frame is sent.", FieldKind.Flag) { Default = "false" })
            .Produces(StatusCodes.Status202Accepted).MayBeInvalid().MayBeMissing();
    }

    internal static IResult Unknown(string id) => Problems.NotFound($"There is no connection '{id}'. If it ended, /admin/v1/endings?connection= says why.");

    private static async Task<IResult> ListAsync(HttpContext context, IAdminActors actors, AdminReach reach, NodeIdentity node)
    {
        var query = new QueryReader(context);
        var selector = SelectorFields.Read(query, node);
        var limit = Paging.LimitOf(query);
        var after = Paging.CursorOf(query, List);
        if (query.Faults.Any) return Problems.BadRequest(query.Faults);

        var question = new RouterProtocol.Query(selector, after is null ? null : new ConnectionId(after), limit);
        var answers = await reach.AskAsync<RouterProtocol.Page>(selector.Node, actors.Router, RouterActor.Name, question, context.RequestAborted);
        var page = Merge([.. answers.All], limit);
        return AdminJson.Ok(new ListView<ConnectionView>(
            [.. page.Sessions.Select(ConnectionView.Of)], page.Total, Paging.CursorFor(List, page.Next?.Value)).Without(answers.Missing));
    }

    /// <summary>Every node's page begins behind the same id, so the first of them together are the page of all, whoever comes and goes meanwhile.</summary>
    private static RouterProtocol.Page Merge(IReadOnlyList<RouterProtocol.Page> pages, int limit)
    {
        if (pages.Count == 1) return pages[0];
        var sessions = pages.SelectMany(p => p.Sessions).OrderBy(s => s.Session.Id).ToList();
        var more = sessions.Count > limit || pages.Any(p => p.Next is not null);
        var page = sessions.Take(limit).ToList();
        return new RouterProtocol.Page(page, pages.Sum(p => p.Total), more && page.Count > 0 ? page[^1].Session.Id : null);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, IAdminActors actors, AdminReach reach)
    {
        var forward = new SupervisorProtocol.Forward(new ConnectionId(id), ConnectionProtocol.Describe.Instance);
        var holders = await reach.AskHolderAsync(new ConnectionId(id), forward, context.RequestAborted);
        if (holders.All.OfType<ConnectionProtocol.Description>().FirstOrDefault() is not { } found)
            return holders.IsWhole ? Unknown(id) : Problems.Missing(holders.Missing);

        // The router of the node where it is knows the groups, whichever node has answered; a session that it does not list (yet, or any more) is in none.
        var query = new RouterProtocol.Query(new ConnectionSelector { Connections = [id] }, null, 1);
        var pages = await reach.AskAsync<RouterProtocol.Page>(found.Session.Node, actors.Router, RouterActor.Name, query, context.RequestAborted);
        var groups = pages.All.FirstOrDefault()?.Sessions is [var session] ? session.Groups : [];
        var view = ConnectionView.Of(found.Session, WireState(found.State), groups, found.Traffic);
        var deadline = found.NextDeadline is null ? null : new DeadlineView(found.NextDeadline, found.NextDeadlineAt);
        return AdminJson.Ok(new ConnectionDetails(view, deadline, found.SessionEndsAt));
    }

    private static async Task<IResult> CloseAsync(string id, HttpContext context, AdminReach reach, AdminAudit audit)
    {
        var query = new QueryReader(context);
        var code = query.Number("code", CloseCodes.Allowed, CloseCodes.IsAllowed);
        var reason = CloseReason.Read(query);
        var abort = query.Flag("abort");
        if (query.Faults.Any) return Problems.BadRequest(query.Faults);

        var request = new EndRequest(EndingCatalogue.ServerClosed) { Code = code, Reason = reason, Abort = abort };
        var results = await reach.AskHolderAsync(new ConnectionId(id), new SupervisorProtocol.End(new ConnectionId(id), request), context.RequestAborted);
        if (!results.All.Any(r => r is SupervisorProtocol.EndResult { Found: true })) return results.IsWhole ? Unknown(id) : Problems.Missing(results.Missing);
        audit.Did(context, abort ? "abort-connection" : "close-connection", id);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

#pragma warning disable CA1308 // Lower case is the documented form.
    private static string WireState(string state) => state.ToLowerInvariant();
#pragma warning restore CA1308
}

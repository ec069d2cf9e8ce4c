using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Admin.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>One of the two.</summary>
/// <param name="ExpiresAt">When the session's authorization ends; clock skew and grace come on top.</param>
/// <param name="Token">A new access token of the same user for the same hub.</param>
internal sealed record SessionBody(DateTimeOffset? ExpiresAt = null, string? Token = null);

/// <param name="SessionEndsAt">When the session ends unless it is extended again; null = its hub lets sessions outlive their tokens.</param>
internal sealed record SessionView(DateTimeOffset? SessionEndsAt);

/// <summary><c>/admin/v1/connections/{id}/session</c>: a live session gets more (or less) time.</summary>
internal static class SessionResource
{
    private static readonly string[] Fields = ["expiresAt", "token"];

    internal static void MapSession(this IEndpointRouteBuilder admin) =>
        admin.MapPost("/connections/{id}/session", ExtendAsync).WithTags("Sessions")
            .Named("ExtendSession", "New expiry or new token for a live session")
            .Accepts<SessionBody>("application/json").Produces<SessionView>().MayBeInvalid().MayBeMissing().MayConflict();

    private static async Task<IResult> ExtendAsync(
        string id, HttpContext context, AdminReach reach, ITokenReader tokens, AdminAudit audit, TimeProvider time)
    {
        var faults = new Faults();
        var body = await BodyReader.ReadAsync(context, faults, Fields);
        var expiresAt = body.Instant("expiresAt");
        var token = body.Text("token");
        if (!faults.Any && (expiresAt is null) == (token is null)) faults.Add(BodyReader.Whole, "must have either expiresAt or token.");
        if (expiresAt <= time.GetUtcNow()) faults.Add("expiresAt", "must be in the future; to end a session now, delete the connection.");
        if (faults.Any) return Problems.BadRequest(faults);

        var connection = new ConnectionId(id);
        var holders = await reach.AskHolderAsync(connection, new SupervisorProtocol.Forward(connection, ConnectionProtocol.Describe.Instance), context.RequestAborted);
        if (holders.All.OfType<ConnectionProtocol.Description>().FirstOrDefault() is not { } found)
            return holders.IsWhole ? ConnectionsResource.Unknown(id) : Problems.Missing(holders.Missing);
        if (string.Equals(found.State, "closing", StringComparison.OrdinalIgnoreCase)) return Ending();

        ConnectionProtocol.IMessage order;
        if (token is null)
        {
            order = new ConnectionProtocol.ExtendUntil(expiresAt!.Value);
        }
        else
        {
            var reading = await tokens.ReadAsync(token, found.Session.Hub, context.RequestAborted);
            if (reading.OtherHub) return Problems.Conflict("The token is for another hub than the session.");
            if (reading.Facts is null)
            {
                faults.Add("token", reading.Fault ?? "is not a good token.");
                return Problems.BadRequest(faults);
            }

            if (reading.UserId != found.Session.UserId) return Problems.Conflict("The token is of another user than the session.");
            order = new ConnectionProtocol.Extend(reading.Facts);
        }

        var answers = await reach.AskHolderAsync(connection, new SupervisorProtocol.Forward(connection, order), context.RequestAborted);
        if (answers.All.OfType<SupervisorProtocol.TokenRevoked>().Any()) return Problems.Conflict("The token was revoked; the session keeps the one it has.");
        if (answers.All.OfType<ConnectionProtocol.Extended>().FirstOrDefault() is not { } done) return answers.IsWhole ? Ending() : Problems.Missing(answers.Missing);
        audit.Did(context, token is null ? "extend-session" : "renew-session", id);
        return AdminJson.Ok(new SessionView(done.SessionEndsAt));
    }

    private static IResult Ending() => Problems.Conflict("The session is ending already.");
}

using ActorSockets.Actors.Connections;
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
    internal static void MapSession(this IEndpointRouteBuilder admin) =>
        admin.MapPost("/connections/{id}/session", ExtendAsync).WithTags("Sessions")
            .Named("ExtendSession", "New expiry or new token for a live session")
            .Accepts<SessionBody>("application/json").Produces<SessionView>().MayBeInvalid().MayBeMissing().MayConflict();

    private static async Task<IResult> ExtendAsync(
        string id, HttpContext context, AdminReach reach, ITokenReader tokens, AdminAudit audit, TimeProvider time)
    {
        var faults = new Faults();
        var body = await BodyReader.ReadAsync(context, faults, SessionExtension.Fields);
        var (expiresAt, token) = SessionExtension.Read(body, time.GetUtcNow());
        if (faults.Any) return Problems.BadRequest(faults);

        var (outcome, endsAt, fault, missing) = await SessionExtension.ApplyAsync(reach, tokens, new ConnectionId(id), hub: null, expiresAt, token, context.RequestAborted);
        switch (outcome)
        {
            case SessionExtension.Outcome.Done:
                audit.Did(context, SessionExtension.ActionOf(token), id);
                return AdminJson.Ok(new SessionView(endsAt));
            case SessionExtension.Outcome.Unknown:
                return ConnectionsResource.Unknown(id);
            case SessionExtension.Outcome.Unreachable:
                return Problems.Missing(missing!);
            case SessionExtension.Outcome.BadToken:
                faults.Add("token", fault!);
                return Problems.BadRequest(faults);
            default:
                return Problems.Conflict(fault!);
        }
    }
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Security;
using ActorSockets.AspNetCore.Admin.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>One of: hub and user (with or without issuedBefore), tokenId, issuedBefore alone.</summary>
/// <param name="User">Every token of this user that was issued before <paramref name="IssuedBefore"/>.</param>
/// <param name="TokenId">The token with this <c>jti</c>.</param>
/// <param name="IssuedBefore">With a user: now unless given. Alone: the tokens of everybody issued before.</param>
/// <param name="Until">When it may be forgotten because the tokens have expired; in 7 days unless given.</param>
internal sealed record RevocationBody(
    string? Hub = null, string? User = null, string? TokenId = null, DateTimeOffset? IssuedBefore = null, DateTimeOffset? Until = null);

/// <summary><c>/admin/v1/sessions/revocations</c>.</summary>
internal static class RevocationsResource
{
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(7);
    private static readonly string[] Fields = ["hub", "user", "tokenId", "issuedBefore", "until"];

    internal static void MapRevocations(this IEndpointRouteBuilder admin) =>
        admin.MapPost("/sessions/revocations", RevokeAsync).WithTags("Sessions")
            .Named("RevokeSessions", "Revoke tokens; their live sessions end with session-revoked")
            .Accepts<RevocationBody>("application/json").Produces<GuardChangeView>().MayBeInvalid().MayConflict();

    private static async Task<IResult> RevokeAsync(HttpContext context, IAdminActors actors, AdminAsk ask, AdminAudit audit, TimeProvider time)
    {
        var faults = new Faults();
        var body = await BodyReader.ReadAsync(context, faults, Fields);
        var revocation = Read(body, time.GetUtcNow());
        if (faults.Any) return Problems.BadRequest(faults);

        var done = await ask.Of<GuardProtocol.Done>(actors.Guard, new GuardProtocol.Revoke(revocation), context.RequestAborted);
        if (done.Refused is { } refused) return Problems.Conflict(refused);
        var subject = revocation switch
        {
            { User: { } user } => $"user {user}",
            { TokenId: { } id } => $"token id {id}",
            _ => $"everybody, issued before {revocation.IssuedBefore:O}",
        };
        audit.Did(context, "revoke", subject, done.Changed ? 1 : 0);
        if (done.StoreFault is not null) audit.NotStored("revoke", subject, done.StoreFault);
        return AdminJson.Ok(GuardChangeView.Of(done));
    }

    private static Revocation Read(BodyReader body, DateTimeOffset now)
    {
        var hub = body.Text("hub") is { } named ? HubName.Key(named) : null;
        var user = body.Text("user");
        var tokenId = body.Text("tokenId");
        var issuedBefore = body.Instant("issuedBefore");
        var until = body.Instant("until") ?? now + Remembered;
        var faults = body.Faults;
        if (until <= now) faults.Add("until", "must be in the future.");
        if (hub is null != user is null) faults.Add(hub is null ? "hub" : "user", "is missing: a user is always named by hub and user.");
        if (tokenId is not null && (hub ?? user) is not null) faults.Add("tokenId", "cannot be given together with hub and user.");
        if (tokenId is not null && issuedBefore is not null) faults.Add("tokenId", "cannot be given together with issuedBefore.");
        if (!faults.Any && (hub, tokenId, issuedBefore) is (null, null, null))
            faults.Add(BodyReader.Whole, "must have hub and user, or tokenId, or issuedBefore.");

        // "All tokens of this user" means those that exist: one that is issued from now on is good.
        return hub is not null && user is not null
            ? new Revocation(new UserKey(hub, user), null, issuedBefore ?? now, until)
            : new Revocation(null, tokenId, issuedBefore, until);
    }
}

using ActorSockets.Actors.Security;
using ActorSockets.AspNetCore.Admin.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <param name="Until">When it ends by itself.</param>
/// <param name="Reason">For operators; the client does not see it.</param>
internal sealed record BanView(string Subject, DateTimeOffset Until, string? Reason);

/// <param name="For">How long, as <c>[d.]hh:mm:ss</c>.</param>
/// <param name="Reason">For operators; it stands in the history of the sessions that the ban ends, and the client does not see it.</param>
internal sealed record BanBody(TimeSpan For, string? Reason = null);

/// <summary><c>/admin/v1/bans</c>.</summary>
internal static class BansResource
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);
    private static readonly string[] Fields = ["for", "reason"];
    private static readonly QueryField Subject = new("subject", $"Who: {BanSubject.Allowed}.") { Required = true };

    internal static void MapBans(this IEndpointRouteBuilder admin)
    {
        var bans = admin.MapGroup("/bans").WithTags("Bans");
        bans.MapGet("", ListAsync).Named("ListBans", "Bans in force, in order of subject").Produces<ListView<BanView>>();
        bans.MapPut("", PutAsync).Named("PutBan", "Ban an address range or a user; live sessions end with banned")
            .TakesQuery(Subject).Accepts<BanBody>("application/json").Produces<GuardChangeView>().MayBeInvalid().MayConflict();
        bans.MapDelete("", LiftAsync).Named("LiftBan", "Lift a ban").TakesQuery(Subject).Produces<GuardChangeView>().MayBeInvalid().MayBeMissing();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IAdminActors actors, AdminAsk ask)
    {
        var list = await ask.Of<GuardProtocol.BanList>(actors.Guard, GuardProtocol.ListBans.Instance, context.RequestAborted);
        return AdminJson.Ok(new ListView<BanView>([.. list.Bans.Select(b => new BanView(b.Subject.ToString(), b.Until, b.Reason))], list.Bans.Count));
    }

    private static async Task<IResult> PutAsync(HttpContext context, IAdminActors actors, AdminAsk ask, AdminAudit audit, TimeProvider time)
    {
        var query = new QueryReader(context);
        var subject = SubjectOf(query);
        var body = await BodyReader.ReadAsync(context, query.Faults, Fields);
        var duration = body.Duration("for");
        var reason = body.Text("reason");
        if (duration is null && !body.Has("for")) query.Faults.Add("for", $"is missing; it {FieldText.DurationAllowed}");
        if (duration is { } given && (given <= TimeSpan.Zero || given > Longest)) query.Faults.Add("for", $"must be more than 0 and at most {Longest:c}.");
        if (reason?.Length > 500) query.Faults.Add("reason", "must be at most 500 characters.");
        if (query.Faults.Any) return Problems.BadRequest(query.Faults);

        var ban = new Ban(subject!, time.GetUtcNow() + duration!.Value, reason);
        var done = await ask.Of<GuardProtocol.Done>(actors.Guard, new GuardProtocol.PutBan(ban), context.RequestAborted);
        return Answer(context, audit, "ban", subject!, done);
    }

    private static async Task<IResult> LiftAsync(HttpContext context, IAdminActors actors, AdminAsk ask, AdminAudit audit)
    {
        var query = new QueryReader(context);
        var subject = SubjectOf(query);
        if (query.Faults.Any) return Problems.BadRequest(query.Faults);

        var done = await ask.Of<GuardProtocol.Done>(actors.Guard, new GuardProtocol.LiftBan(subject!), context.RequestAborted);
        return done.Changed ? Answer(context, audit, "lift-ban", subject!, done) : Problems.NotFound($"There is no ban of {subject}.");
    }

    private static BanSubject? SubjectOf(QueryReader query)
    {
        if (query.Text(Subject.Name) is not { } text) return null;
        if (!BanSubject.TryParse(text, out var subject)) query.Faults.Add(Subject.Name, $"must be {BanSubject.Allowed}.");
        return subject;
    }

    private static IResult Answer(HttpContext context, AdminAudit audit, string action, BanSubject subject, GuardProtocol.Done done)
    {
        if (done.Refused is { } refused) return Problems.Conflict(refused);
        audit.Did(context, action, subject.ToString(), done.Changed ? 1 : 0);
        if (done.StoreFault is not null) audit.NotStored(action, subject.ToString(), done.StoreFault);
        return AdminJson.Ok(GuardChangeView.Of(done));
    }
}

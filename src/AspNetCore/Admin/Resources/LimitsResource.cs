using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Admin.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary><c>/admin/v1/limits</c>: limits, timers and policies of running nodes.</summary>
internal static class LimitsResource
{
    internal static void MapLimits(this IEndpointRouteBuilder admin)
    {
        var limits = admin.MapGroup("/limits").WithTags("Limits");
        limits.MapGet("", (ISettingsAdministration settings) => AdminJson.Ok(settings.Describe()))
            .Named("GetLimits", "What is in force, and what of it was set by this API").Produces<JsonObject>();
        limits.MapPut("", PutAsync).Named("PutLimits", "Change settings of running nodes, for open connections too; API wins over file until DELETE")
            .Accepts<JsonObject>("application/json").Produces<JsonObject>().MayBeInvalid();
        limits.MapDelete("", DeleteAsync).Named("DeleteLimits", "Forget what was set by this API; the files apply again")
            .Produces<JsonObject>().MayBeInvalid();
    }

    private static async Task<IResult> PutAsync(HttpContext context, ISettingsAdministration settings, AdminAudit audit)
    {
        var faults = new Faults();
        var body = await BodyReader.ReadAsync(context, faults, fields: null);
        if (faults.Any) return Problems.BadRequest(faults);
        return Answer(context, await settings.PutAsync(body.Value, context.RequestAborted), "put-limits", settings, audit);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, ISettingsAdministration settings, AdminAudit audit) =>
        Answer(context, await settings.DeleteAsync(context.RequestAborted), "delete-limits", settings, audit);

    private static IResult Answer(HttpContext context, SettingsChange change, string action, ISettingsAdministration settings, AdminAudit audit)
    {
        if (change.Faults.Count > 0)
        {
            var faults = new Faults();
            foreach (var fault in change.Faults) faults.Add(fault.Key, fault.Message);
            return Problems.BadRequest(faults);
        }

        audit.Did(context, action, change.Changed.Count == 0 ? "nothing" : string.Join(", ", change.Changed), change.Changed.Count);
        var answer = settings.Describe();
        if (change.StoreFault is null) return AdminJson.Ok(answer);

        audit.NotStored(action, "limits", change.StoreFault);
        answer["storeFault"] = change.StoreFault;
        return AdminJson.Ok(answer);
    }
}

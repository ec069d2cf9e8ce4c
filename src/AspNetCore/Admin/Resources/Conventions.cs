using ActorSockets.AspNetCore.Admin.Reading;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>What calls have in common, said once per call where it is mapped.</summary>
internal static class Conventions
{
    internal static RouteHandlerBuilder Named(this RouteHandlerBuilder call, string operationId, string summary) =>
        call.WithName(operationId).WithSummary(summary);

    internal static RouteHandlerBuilder MayBeInvalid(this RouteHandlerBuilder call) => call.ProducesValidationProblem();

    internal static RouteHandlerBuilder MayBeMissing(this RouteHandlerBuilder call) => call.ProducesProblem(StatusCodes.Status404NotFound);

    internal static RouteHandlerBuilder MayConflict(this RouteHandlerBuilder call) => call.ProducesProblem(StatusCodes.Status409Conflict);

    /// <summary>A call without parameters refuses them as strictly as one that has some.</summary>
    internal static async ValueTask<object?> RefuseUnknownQuery(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (context.Request.Query.Count == 0 || context.GetEndpoint()?.Metadata.GetMetadata<QueryFields>() is not null) return await next(invocation);
        return Problems.BadRequest(new QueryReader(context).Faults);
    }
}

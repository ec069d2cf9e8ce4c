using System.Globalization;
using ActorSockets.AspNetCore.Admin.Reading;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>Error answers of the admin API: <c>application/problem+json</c> (RFC 9457).</summary>
internal static class Problems
{
    internal static IResult Of(int status, string detail) =>
        Results.Problem(detail, statusCode: status, title: ReasonPhrases.GetReasonPhrase(status), type: "about:blank");

    internal static IResult NotFound(string detail) => Of(StatusCodes.Status404NotFound, detail);

    internal static IResult Conflict(string detail) => Of(StatusCodes.Status409Conflict, detail);

    /// <summary>503: the node that would know does not answer; which one, is said.</summary>
    internal static IResult Missing(IReadOnlyList<string> nodes, string? what = null) => Results.Problem(
        $"{(nodes.Count == 1 ? "Node" : "Nodes")} {string.Join(", ", nodes)} did not answer in time.{(what is null ? "" : $" {what}")}",
        statusCode: StatusCodes.Status503ServiceUnavailable,
        title: ReasonPhrases.GetReasonPhrase(StatusCodes.Status503ServiceUnavailable),
        type: "about:blank",
        extensions: new Dictionary<string, object?> { ["missing"] = nodes });

    /// <summary>422: well said, and cannot be done; <c>shortest</c> is what could be.</summary>
    /// <param name="shortest">The shortest deadline, everything else as it was said.</param>
    /// <param name="leastPerSecond">The lowest rate with which the deadline could be kept; null where the rate is not the reason.</param>
    internal static IResult Impossible(string shortest, double? leastPerSecond)
    {
        var faults = new Faults();
        if (leastPerSecond is { } least) faults.Add("perSecond", string.Create(CultureInfo.InvariantCulture, $"is too low to keep the deadline: it needs at least {least}, or a deadline of {shortest}."));
        else faults.Add("deadline", $"cannot be kept; the shortest possible is {shortest}.");
        return Results.ValidationProblem(
            faults.ByField(),
            detail: faults.ToString(),
            statusCode: StatusCodes.Status422UnprocessableEntity,
            title: ReasonPhrases.GetReasonPhrase(StatusCodes.Status422UnprocessableEntity),
            type: "about:blank",
            extensions: new Dictionary<string, object?> { ["shortest"] = shortest });
    }

    /// <summary>Every fault at once, by the name of its field.</summary>
    internal static IResult BadRequest(Faults faults) => Results.ValidationProblem(
        faults.ByField(),
        detail: faults.ToString(),
        statusCode: StatusCodes.Status400BadRequest,
        title: ReasonPhrases.GetReasonPhrase(StatusCodes.Status400BadRequest),
        type: "about:blank");
}

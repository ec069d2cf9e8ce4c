using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary>Why a command could not do what was asked, for people and for the exit code.</summary>
internal sealed class CommandFault(int exitCode, string message) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;

    /// <summary>What the gateway found wrong, by the field of the request.</summary>
    internal IReadOnlyList<(string Field, string Message)> Fields { get; private init; } = [];

    /// <summary>From an answer that is no success.</summary>
    internal static CommandFault Of(HttpStatusCode status, string body)
    {
        var problem = Problem(body);
        var detail = (string?)problem?["detail"] ?? $"The gateway answered {(int)status}.";
        return new CommandFault(ExitCodeOf(status), detail) { Fields = FieldsOf(problem) };
    }

    private static int ExitCodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge => ExitCodes.Misconfigured,
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ExitCodes.NotAllowed,
        HttpStatusCode.NotFound => ExitCodes.NotFound,
        HttpStatusCode.Conflict => ExitCodes.Conflict,
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => ExitCodes.Unreachable,
        _ => ExitCodes.Failed,
    };

    private static IReadOnlyList<(string Field, string Message)> FieldsOf(JsonObject? problem) =>
        problem?["errors"] is JsonObject errors
            ? [.. errors.SelectMany(e => e.Value is JsonArray all ? all.Select(m => (e.Key, m?.ToString() ?? "")) : [])]
            : [];

    private static JsonObject? Problem(string body)
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            // Not from our API: a proxy's page, or another program that has the port.
            return null;
        }
    }
}

using System.Globalization;
using ActorSockets.Actors;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>What a call is answered with: the one status that SDKs take for success, or an error.</summary>
internal sealed record DataPlaneAnswer
{
    /// <summary>Which nodes did not answer in time; not sent when all did.</summary>
    internal const string MissingHeader = "ActorSockets-Missing";

    private DataPlaneAnswer(int status, DataPlaneError? error = null) => (Status, Error) = (status, error);

    internal static DataPlaneAnswer Ok { get; } = new(200);

    internal static DataPlaneAnswer Accepted { get; } = new(202);

    internal static DataPlaneAnswer NoContent { get; } = new(204);

    internal int Status { get; }

    internal DataPlaneError? Error { get; }

    /// <summary>JSON, or empty.</summary>
    internal ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>Ids of the nodes for which the answer does not speak.</summary>
    private IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>The same answer, which tells that these nodes have no part in it.</summary>
    internal DataPlaneAnswer Without(IReadOnlyList<string> missing) => missing.Count == 0 ? this : this with { Missing = missing };

    internal static DataPlaneAnswer Of(DataPlaneError error) => new(error.Status, error);

    internal static DataPlaneAnswer Of(ReadOnlyMemory<byte> json) => new(200) { Body = json };

    internal async Task WriteAsync(HttpContext context, Random random)
    {
        var response = context.Response;
        response.StatusCode = Status;
        // Answers say who is connected, and one holds a token.
        response.Headers.CacheControl = "no-store";
        if (Missing.Count > 0) response.Headers[MissingHeader] = string.Join(", ", Missing);
        var body = Body;
        if (Error is { } error)
        {
            response.Headers[Compat.ErrorCodeHeader] = error.Code;
            if (error.Status == 401) response.Headers.WWWAuthenticate = "Bearer";
            if (error.Allow is { } allow) response.Headers.Allow = string.Join(", ", allow);
            if (error.RetryAfter is { } wait)
                response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds * (1 + random.NextDouble())).ToString(CultureInfo.InvariantCulture);
            body = error.Body();
        }

        if (body.IsEmpty || HttpMethods.IsHead(context.Request.Method)) return;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }
}

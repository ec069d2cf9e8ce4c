using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>The JSON of this API: camelCase, whatever the application around it has chosen for its own.</summary>
internal static class AdminJson
{
    internal static readonly JsonSerializerOptions Options = Make();

    internal static IResult Ok<T>(T value) => Results.Json(value, Options);

    /// <summary>201, with where the new thing is.</summary>
    internal static IResult Created<T>(string location, T value) => new CreatedAnswer(location, Results.Json(value, Options, statusCode: StatusCodes.Status201Created));

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        options.MakeReadOnly();
        return options;
    }

    private sealed class CreatedAnswer(string location, IResult body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Location = location;
            return body.ExecuteAsync(httpContext);
        }
    }
}

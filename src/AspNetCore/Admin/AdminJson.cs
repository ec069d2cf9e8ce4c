using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>The JSON of this API: camelCase, whatever the application around it has chosen for its own.</summary>
internal static class AdminJson
{
    internal static readonly JsonSerializerOptions Options = Make();

    internal static IResult Ok<T>(T value) => Results.Json(value, Options);

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };
        options.MakeReadOnly();
        return options;
    }
}

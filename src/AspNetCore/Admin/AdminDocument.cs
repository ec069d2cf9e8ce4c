using System.Globalization;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>, made from the same metadata that the calls are checked by.</summary>
internal static class AdminDocument
{
    private const string Scheme = "adminKey";

    internal static IServiceCollection AddAdminDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = call => call.ActionDescriptor.EndpointMetadata.OfType<OnListener>().Any(l => l.Kind == ListenerKind.Admin);
        options.AddDocumentTransformer(DescribeAsync);
        options.AddOperationTransformer(CompleteAsync);
    });

    internal static void MapAdminDocument(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapOpenApi("/openapi/{documentName}.json").OnlyOn(ListenerKind.Admin);

    private static Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "ActorSockets admin API",
            Version = "v1",
            Description = "Operate a gateway: who is connected, who was disconnected and why, limits, bans, sessions. Served on the admin listener only. "
                + "Every list has the form {value, total, cursor}; every error is application/problem+json.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "A key from ActorSockets:Admin:Keys. While none is configured the listener is on loopback and takes none.",
        };
        return Task.CompletedTask;
    }

    private static async Task CompleteAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var fields = context.Description.ActionDescriptor.EndpointMetadata.OfType<QueryFields>().LastOrDefault() ?? QueryFields.None;
        foreach (var field in fields.All) (operation.Parameters ??= []).Add(ParameterFor(field));
        if (context.Description.RelativePath?.StartsWith("admin/", StringComparison.Ordinal) != true) return;

        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
        var problem = await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), null, cancellation);
        foreach (var (status, meaning) in Everywhere(context.Description.HttpMethod))
            (operation.Responses ??= []).TryAdd(status.ToString(CultureInfo.InvariantCulture), ProblemAnswer(meaning ?? ReasonPhrases.GetReasonPhrase(status), problem));
    }

    private static IEnumerable<(int Status, string? Meaning)> Everywhere(string? method) =>
    [
        (StatusCodes.Status400BadRequest, "An unknown parameter, or a bad value; every fault is named."),
        (StatusCodes.Status401Unauthorized, "No admin key, or a wrong one."),
        (StatusCodes.Status403Forbidden, method == HttpMethods.Get ? "Refused by the loopback rule." : "The key may only read, or refused by the loopback rule."),
        (StatusCodes.Status503ServiceUnavailable, "The node did not answer in time."),
    ];

    private static OpenApiResponse ProblemAnswer(string meaning, OpenApiSchema problem) => new()
    {
        Description = meaning,
        Content = new Dictionary<string, OpenApiMediaType> { ["application/problem+json"] = new() { Schema = problem } },
    };

    private static OpenApiParameter ParameterFor(QueryField field) => new()
    {
        Name = field.Name,
        In = ParameterLocation.Query,
        Description = field.Description,
        Required = field.Required,
        Explode = field.Many,
        Schema = field.Many
            ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } }
            : SchemaFor(field),
    };

    private static OpenApiSchema SchemaFor(QueryField field) => new()
    {
        Type = field.Kind switch
        {
            FieldKind.Number => JsonSchemaType.Integer,
            FieldKind.Flag => JsonSchemaType.Boolean,
            _ => JsonSchemaType.String,
        },
        Format = field.Kind is FieldKind.Instant ? "date-time" : null,
        Pattern = field.Kind is FieldKind.Duration ? @"^(\d+\.)?\d{2}:\d{2}:\d{2}(\.\d{1,7})?$" : null,
        Minimum = field.Minimum?.ToString(CultureInfo.InvariantCulture),
        Maximum = field.Maximum?.ToString(CultureInfo.InvariantCulture),
        Default = field.Default is null ? null : JsonNode.Parse(field.Default),
    };
}

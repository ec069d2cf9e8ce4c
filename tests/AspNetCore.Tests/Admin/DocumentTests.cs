using System.Text.Json;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Admin.Resources;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.AspNetCore.Tests.Admin;

public class DocumentTests
{
    [Fact]
    public async Task Describes_every_call_that_is_mapped()
    {
        await using var host = await AdminHost.StartAsync();
        var mapped = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/admin/", StringComparison.Ordinal) || e.RoutePattern.RawText.StartsWith("/healthz/", StringComparison.Ordinal))
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(m => $"{m} {e.RoutePattern.RawText!.TrimEnd('/')}"));

        var described = (await OperationsAsync(host)).Select(o => $"{o.Method} {o.Path}");

        Assert.Equal(mapped.Order(), described.Order());
        Assert.True(mapped.Count() >= 18);
    }

    [Fact]
    public async Task Every_call_has_an_id_of_its_own_a_summary_and_its_errors()
    {
        await using var host = await AdminHost.StartAsync();

        var operations = await OperationsAsync(host);

        Assert.Equal(operations.Count, operations.Select(o => o.Operation.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.All(operations, o => Assert.NotEmpty(o.Operation.GetProperty("summary").GetString()!));
        Assert.All(operations.Where(o => o.Path.StartsWith("/admin/", StringComparison.Ordinal)), o =>
        {
            foreach (var status in new[] { "400", "401", "403", "503" })
                Assert.True(o.Operation.GetProperty("responses").GetProperty(status).GetProperty("content").TryGetProperty("application/problem+json", out _), $"{o.Path} {status}");
            Assert.Equal("adminKey", o.Operation.GetProperty("security")[0].EnumerateObject().Single().Name);
        });
    }

    [Fact]
    public async Task Names_every_query_parameter_and_body_field_that_is_read()
    {
        await using var host = await AdminHost.StartAsync();
        var fields = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<QueryFields>() is not null)
            .ToDictionary(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName, e => e.Metadata.GetMetadata<QueryFields>()!.All.Select(f => f.Name).ToArray());

        foreach (var (_, _, operation) in await OperationsAsync(host))
        {
            var described = operation.TryGetProperty("parameters", out var all)
                ? all.EnumerateArray().Where(p => p.GetProperty("in").GetString() == "query").Select(p => p.GetProperty("name").GetString()!).ToArray()
                : [];
            Assert.Equal(fields.GetValueOrDefault(operation.GetProperty("operationId").GetString()!, []), described);
        }

        var schemas = (await DocumentAsync(host)).GetProperty("components").GetProperty("schemas");
        Assert.Equal(["for", "reason"], Properties(schemas, "BanBody"));
        Assert.Equal(["hub", "user", "tokenId", "issuedBefore", "until"], Properties(schemas, "RevocationBody"));
        Assert.Equal(["expiresAt", "token"], Properties(schemas, "SessionBody"));
        Assert.Equal(DrainOrderReader.Fields, Properties(schemas, "DrainBody"));
        Assert.Equal([.. SelectorFields.Fields.Select(f => f.Name), "all"], Properties(schemas, "DrainSelect"));
    }

    [Theory]
    [InlineData("BanBody", "for")]
    [InlineData("RevocationBody")]
    [InlineData("SessionBody")]
    [InlineData("DrainBody", "select")]
    [InlineData("DrainSelect")]
    public async Task Says_which_body_fields_must_be_there(string body, params string[] required)
    {
        await using var host = await AdminHost.StartAsync();
        var schema = (await DocumentAsync(host)).GetProperty("components").GetProperty("schemas").GetProperty(body);

        Assert.Equal(required, schema.TryGetProperty("required", out var named) ? named.EnumerateArray().Select(r => r.GetString()!) : []);
    }

    [Fact]
    public async Task Names_the_bearer_scheme()
    {
        await using var host = await AdminHost.StartAsync();

        var scheme = (await DocumentAsync(host)).GetProperty("components").GetProperty("securitySchemes").GetProperty("adminKey");

        Assert.Equal(("http", "bearer"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("scheme").GetString()));
    }

    private static string[] Properties(JsonElement schemas, string name) => [.. schemas.GetProperty(name).GetProperty("properties").EnumerateObject().Select(p => p.Name)];

    private static async Task<JsonElement> DocumentAsync(AdminHost host) => JsonDocument.Parse(await host.Admin.GetStringAsync("/openapi/v1.json")).RootElement;

    private static async Task<List<(string Method, string Path, JsonElement Operation)>> OperationsAsync(AdminHost host) =>
        [.. (await DocumentAsync(host)).GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (o.Name.ToUpperInvariant(), p.Name, o.Value)))];
}

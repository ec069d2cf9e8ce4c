using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ActorSockets.Integration.Tests.Commands;

/// <summary>What commands say when an answer lacks the share of some nodes.</summary>
public sealed class MissingNodesTests : IAsyncLifetime
{
    private const string Answer = """{"value":[{"id":"box-a","state":"serving"}],"total":1,"missing":["box-b","box-c"]}""";

    private WebApplication _gateway = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();

        // The gateway's own settings lie beside this assembly, with its ports.
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _gateway = builder.Build();
        _gateway.MapGet("/admin/v1/{list}", () => Results.Text(Answer, "application/json"));
        await _gateway.StartAsync();
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("nodes")]
    [InlineData("connections")]
    [InlineData("endings")]
    [InlineData("drains")]
    public async Task A_list_names_who_did_not_answer(string command)
    {
        using var @operator = Someone();

        await @operator.DoesAsync(command);

        Assert.Contains("No answer from box-b, box-c", @operator.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_do_not_answer_are_in_the_list_of_nodes()
    {
        using var @operator = Someone();

        await @operator.DoesAsync("nodes");

        Assert.Equal(["box-a\tserving", "box-b\tmissing", "box-c\tmissing"], @operator.Lines[1..].Select(line => string.Join('\t', line.Split('\t')[..2])));
    }

    private Operator Someone() => new(new Uri(_gateway.Urls.First()));
}

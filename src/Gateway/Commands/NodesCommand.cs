using System.CommandLine;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary><c>nodes</c>, <c>nodes show</c>, <c>nodes serve</c>.</summary>
internal static class NodesCommand
{
    internal static Command Make(CommandHost host)
    {
        var nodes = host.Does(new Command("nodes", "The nodes and what they are doing."), ListAsync);
        nodes.Add(host.Does(new Command("list", "The same."), ListAsync));

        var node = Node();
        nodes.Add(host.Does(new Command("show", "One node: counts, limits, memory.") { node }, async (run, cancellation) =>
        {
            var answer = await run.Admin.GetAsync($"nodes/{QueryText.Part(run.Get(node)!)}", cancellation);
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else run.Screen.Properties(Flat("", answer));
            return ExitCodes.Clean;
        }));

        var drained = Node();
        nodes.Add(host.Does(new Command("serve", "Let a drained node accept connections again.") { drained }, async (run, cancellation) =>
        {
            var answer = await run.Admin.PostAsync($"nodes/{QueryText.Part(run.Get(drained)!)}:serve", null, cancellation);
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else run.Screen.Say($"{answer.Text("id")} is {answer.Text("state")}");
            return ExitCodes.Clean;
        }));
        return nodes;
    }

    /// <summary>Nested values as <c>limits:maxConnections</c>, the way keys are written elsewhere.</summary>
    internal static IEnumerable<(string Name, string? Value)> Flat(string path, JsonObject record) => record.SelectMany(member => member.Value switch
    {
        JsonObject { Count: > 0 } inner => Flat($"{path}{member.Key}:", inner),
        var value => [($"{path}{member.Key}", Shown.Text(value))],
    });

    private static Argument<string> Node() => new("node") { Description = "Id of a node; the one asked unless given.", DefaultValueFactory = _ => "self" };

    private static async Task<int> ListAsync(CommandRun run, CancellationToken cancellation)
    {
        var answer = await run.Admin.GetAsync("nodes", cancellation);
        if (run.Screen.AsJson) run.Screen.Json(answer);
        else
        {
            run.Screen.Table(
                ["node", "state", "connections", "closing", "hubs", "address", "uptime", "version"],
                answer.Entries().Select(n => (string?[])[n.Text("id"), n.Text("state"), n.Text("connections"), n.Text("closing"), n.Text("hubs"), n.Text("address"), n.Text("uptime"), n.Text("version")])
                    .Concat(answer.Missing().Select(id => (string?[])[id, "missing", null, null, null, null, null, null])));
            run.Screen.NoteMissing(answer);
        }

        return ExitCodes.Clean;
    }
}

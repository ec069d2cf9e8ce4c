using System.CommandLine;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary><c>drain</c>: orders one and watches it.</summary>
internal static class DrainCommand
{
    internal static Command Make(CommandHost host)
    {
        var select = Selection.Option("Whose connections; those of the node asked unless given.", orAll: true);
        var options = new DrainOrderOptions(host.Time);
        var drain = new Command("drain", "Close connections at an even pace until a deadline, each client with its own time to come back.") { select };
        foreach (var option in options.Pace.Concat(options.Rest)) drain.Add(option);
        return host.Does(drain, (run, cancellation) =>
            StartAsync(run, options, options.Order(run, run.Get(select)?.AsJson() ?? new JsonObject { ["node"] = "self" }), cancellation));
    }

    internal static async Task<int> StartAsync(CommandRun run, DrainOrderOptions options, JsonObject order, CancellationToken cancellation)
    {
        var answer = await run.Admin.PostAsync("drains", order, cancellation);
        if (options.WaitsIn(run)) return await DrainWatch.RunAsync(run, answer, cancellation);

        if (run.Screen.AsJson) run.Screen.Json(answer);
        else if (options.IsDryRun(run))
        {
            if (options.IsRolling(run)) RollingTable.Show(run.Screen, answer);
            else ShowShares(run.Screen, answer);
            run.Screen.Say($"It would be so: {DrainText.Plan(answer)}. Nothing was done.");
        }
        else
        {
            run.Screen.Say($"Drain {answer.Text("id")}: {DrainText.Plan(answer)}");
            RollingTable.Show(run.Screen, answer);
        }

        return ExitCodes.Clean;
    }

    private static void ShowShares(Screen screen, JsonObject answer)
    {
        foreach (var node in DrainText.Nodes(answer)) screen.Say($"{node.Text("node")} has {node.Text("connections")}: {(node["plan"] is null ? "none goes" : $"{node["plan"].Text("connections")} go")}");
    }
}

using System.CommandLine;

namespace ActorSockets.Gateway.Commands;

/// <summary><c>drains</c>: list, show, watch, pause, resume, cancel.</summary>
internal static class DrainsCommand
{
    internal static Command Make(CommandHost host)
    {
        var drains = host.Does(new Command("drains", "Drains that are planned, run or are over."), ListAsync);
        drains.Add(host.Does(new Command("list", "The same."), ListAsync));

        var shown = Id();
        drains.Add(host.Does(new Command("show", "One drain. Of progress:behind it says how many closes it is behind an even pace (negative: ahead), and what comes of that.") { shown }, async (run, cancellation) =>
        {
            var answer = await run.Admin.GetAsync(Path(run.Get(shown)!), cancellation);
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else
            {
                run.Screen.Properties(NodesCommand.Flat("", answer).Where(p => p.Name != "nodes").Select(p => p.Name == "progress:behind" ? (p.Name, DrainText.BehindInWords(answer) ?? p.Value) : p));
                RollingTable.Show(run.Screen, answer);
                run.Screen.NoteMissing(answer);
            }

            return ExitCodes.Clean;
        }));

        var watched = Id();
        drains.Add(host.Does(new Command("watch", "Follow a drain to its end.") { watched }, async (run, cancellation) =>
            await DrainWatch.RunAsync(run, await run.Admin.GetAsync(Path(run.Get(watched)!), cancellation), cancellation)));

        drains.Add(Order(host, "pause", "Stop the clock; who was told to go still goes."));
        drains.Add(Order(host, "resume", "Go on; the end moves by the length of the pause."));
        drains.Add(Order(host, "cancel", "End it; the node accepts again at once."));
        return drains;
    }

    private static Command Order(CommandHost host, string verb, string description)
    {
        var id = Id();
        return host.Does(new Command(verb, description) { id }, async (run, cancellation) =>
        {
            var answer = await run.Admin.PostAsync($"{Path(run.Get(id)!)}:{verb}", null, cancellation);
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else run.Screen.Say($"Drain {answer.Text("id")} {DrainText.Progress(answer)}");
            return ExitCodes.Clean;
        });
    }

    private static Argument<string> Id() => new("id") { Description = "Id of a drain." };

    private static string Path(string id) => $"drains/{QueryText.Part(id)}";

    private static async Task<int> ListAsync(CommandRun run, CancellationToken cancellation)
    {
        var answer = await run.Admin.GetAsync("drains", cancellation);
        if (run.Screen.AsJson)
        {
            run.Screen.Json(answer);
            return ExitCodes.Clean;
        }

        run.Screen.Table(
            ["drain", "state", "ending", "select", "gone", "total", "overdue", "ends", "by"],
            answer.Entries().Select(d => (string?[])
            [
                d.Text("id"), d.Text("state"), d.Text("ending"), DrainText.Selected(d),
                .. Numbers(DrainText.Way(d)), d["progress"].Text("overdue"), d.Clock("endedAt") ?? d["plan"].Clock("endsAt"), d.Text("by"),
            ]));
        run.Screen.NoteMissing(answer);
        return ExitCodes.Clean;

        static IEnumerable<string> Numbers((int Gone, int Total) way) => [$"{way.Gone}", $"{way.Total}"];
    }
}

using System.CommandLine;
using System.Globalization;

namespace ActorSockets.Gateway.Commands;

/// <summary><c>connections</c>, <c>connections show</c>.</summary>
internal static class ConnectionsCommand
{
    internal static Command Make(CommandHost host)
    {
        Option<Selection?>[] which = [.. Selection.Options(), Selection.Option("The same in the words of drain and close.", orAll: false)];
        var limit = OptionOf.Number("--limit", "Entries per page, 1 to 1000; 100 unless given.");
        var cursor = OptionOf.Text("--cursor", "The next page, as the page before named it.", "cursor");
        var connections = new Command("connections", "Who is connected: all, or those who match every condition.");
        foreach (var condition in which) connections.Add(condition);
        connections.Add(limit);
        connections.Add(cursor);
        host.Does(connections, async (run, cancellation) =>
        {
            (string, string?)[] paging = [("limit", run.Get(limit)?.ToString(CultureInfo.InvariantCulture)), ("cursor", run.Get(cursor))];
            var answer = await run.Admin.GetAsync(QueryText.Of("connections", [.. which.SelectMany(w => run.Get(w)?.AsQuery() ?? []), .. paging]), cancellation);
            if (run.Screen.AsJson)
            {
                run.Screen.Json(answer);
                return ExitCodes.Clean;
            }

            run.Screen.Table(
                ["connection", "hub", "user", "ip", "state", "connected", "in", "out", "queued"],
                answer.Entries().Select(c => (string?[])
                    [c.Text("id"), c.Text("hub"), c.Text("user"), c.Text("ip"), c.Text("state"), c.Clock("connectedAt"), c.Text("messagesIn"), c.Text("messagesOut"), c.Text("queuedBytes")]));
            run.Screen.Note(answer.Page("connections"));
            run.Screen.NoteMissing(answer);
            return ExitCodes.Clean;
        });

        var id = new Argument<string>("id") { Description = "Id of a connection." };
        connections.Add(host.Does(new Command("show", "One connection, its nearest deadline and why.") { id }, async (run, cancellation) =>
        {
            var answer = await run.Admin.GetAsync($"connections/{QueryText.Part(run.Get(id)!)}", cancellation);
            if (run.Screen.AsJson) run.Screen.Json(answer);
            else run.Screen.Properties(NodesCommand.Flat("", answer));
            return ExitCodes.Clean;
        }));
        return connections;
    }
}

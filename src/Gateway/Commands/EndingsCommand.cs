using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary><c>endings</c>, <c>endings catalogue</c>.</summary>
internal static class EndingsCommand
{
    internal static Command Make(CommandHost host)
    {
        Option<string?>[] filters =
        [
            OptionOf.Text("--connection", "Id of a connection.", "id"),
            OptionOf.Text("--hub", "Name of a hub.", "hub"),
            OptionOf.Text("--user", "Id of a user, in every hub unless --hub is given.", "user"),
            OptionOf.Text("--ip", "Address or CIDR range of the client.", "cidr"),
            OptionOf.Text("--ending", "Id of an ending; see endings catalogue.", "ending"),
        ];
        var since = OptionOf.Moment("--since", "Ended at this time or later; 10m is ten minutes ago.", host.Time, before: true);
        var limit = OptionOf.Number("--limit", "Entries per page, 1 to 1000; 100 unless given.");
        var cursor = OptionOf.Text("--cursor", "The next page, as the page before named it.", "cursor");
        var endings = new Command("endings", "Who was disconnected when, why, and after how long; the latest first.");
        foreach (var filter in filters) endings.Add(filter);
        endings.Add(since);
        endings.Add(limit);
        endings.Add(cursor);
        host.Does(endings, async (run, cancellation) =>
        {
            var query = QueryText.Of("endings",
            [
                .. filters.Select(f => (f.Name[2..], run.Get(f))),
                ("since", run.Get(since)?.ToString("O", CultureInfo.InvariantCulture)),
                ("limit", run.Get(limit)?.ToString(CultureInfo.InvariantCulture)),
                ("cursor", run.Get(cursor)),
            ]);
            var answer = await run.Admin.GetAsync(query, cancellation);
            if (run.Screen.AsJson)
            {
                run.Screen.Json(answer);
                return ExitCodes.Clean;
            }

            run.Screen.Table(
                ["ended", "connection", "hub", "user", "ip", "ending", "code", "outcome", "after", "text", "note"],
                answer.Entries().Select(e => (string?[])
                    [e.Clock("endedAt"), e.Text("connection"), e.Text("hub"), e.Text("user"), e.Text("ip"), What(e), e.Text("code"), e.Text("outcome"), e.Milliseconds("durationMs"), e.Text("text"), e.Text("note")]));
            run.Screen.Note(answer.Page("endings"));
            run.Screen.NoteMissing(answer);
            return ExitCodes.Clean;
        });
        endings.Add(host.Does(new Command("catalogue", "Every way a session can end, and what its client should do next."), CatalogueAsync));
        return endings;
    }

    /// <summary>A session with recovery may have lost its socket only.</summary>
    private static string? What(JsonNode? entry) => entry.Text("session") is { } fate and not "ended" ? $"{entry.Text("ending")} ({fate})" : entry.Text("ending");

    private static async Task<int> CatalogueAsync(CommandRun run, CancellationToken cancellation)
    {
        var answer = await run.Admin.GetAsync("endings/catalogue", cancellation);
        if (run.Screen.AsJson) run.Screen.Json(answer);
        else
        {
            run.Screen.Table(
                ["ending", "category", "code", "reconnect", "meaning"],
                answer.Entries().Select(e => (string?[])[e.Text("id"), e.Text("category"), e.Text("code"), e.Text("reconnect"), e.Text("summary")]));
        }

        return ExitCodes.Clean;
    }
}

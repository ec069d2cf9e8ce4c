using System.CommandLine;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Security;

namespace ActorSockets.Gateway.Commands;

/// <summary><c>bans</c>, <c>bans put</c>, <c>bans delete</c>.</summary>
internal static class BansCommand
{
    internal static Command Make(CommandHost host)
    {
        var bans = host.Does(new Command("bans", "Bans in force."), ListAsync);
        bans.Add(host.Does(new Command("list", "The same."), ListAsync));

        var subject = Subject();
        var duration = OptionOf.Duration("--for", "How long.");
        duration.Required = true;
        var reason = OptionOf.Text("--reason", "For operators; the client does not see it.", "text");
        bans.Add(host.Does(new Command("put", "Ban an address range or a user; live sessions end with banned.") { subject, duration, reason }, async (run, cancellation) =>
        {
            var body = new JsonObject { ["for"] = DurationText.ForApi(run.Get(duration)!.Value) };
            if (run.Get(reason) is { } why) body["reason"] = why;
            return await ChangeAsync(run, HttpMethod.Put, run.Get(subject)!, body, "is banned", cancellation);
        }));

        var lifted = Subject();
        bans.Add(host.Does(new Command("delete", "Lift a ban.") { lifted }, (run, cancellation) =>
            ChangeAsync(run, HttpMethod.Delete, run.Get(lifted)!, null, "is not banned any more", cancellation)));
        return bans;
    }

    private static Argument<string> Subject() => new("subject") { Description = $"Who: {BanSubject.Allowed}." };

    private static async Task<int> ListAsync(CommandRun run, CancellationToken cancellation)
    {
        var answer = await run.Admin.GetAsync("bans", cancellation);
        if (run.Screen.AsJson) run.Screen.Json(answer);
        else run.Screen.Table(["subject", "until", "reason"], answer.Entries().Select(b => (string?[])[b.Text("subject"), b.Clock("until"), b.Text("reason")]));
        return ExitCodes.Clean;
    }

    private static async Task<int> ChangeAsync(CommandRun run, HttpMethod method, string subject, JsonObject? body, string done, CancellationToken cancellation)
    {
        var answer = await run.Admin.CallAsync(method, QueryText.Of("bans", ("subject", subject)), body, cancellation);
        if (run.Screen.AsJson && answer is not null) run.Screen.Json(answer);
        else run.Screen.Say($"{subject} {done}");
        if (answer.Text("storeFault") is { } fault) run.Screen.Note($"It is in force but will not survive a restart: {fault}");
        return ExitCodes.Clean;
    }
}

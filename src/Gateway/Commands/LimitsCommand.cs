using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSockets.Gateway.Commands;

/// <summary><c>limits</c>, <c>limits put</c>, <c>limits delete</c>.</summary>
internal static class LimitsCommand
{
    internal static Command Make(CommandHost host)
    {
        var limits = host.Does(new Command("limits", "Limits, timers and policies in force; * = set by the API."), ShowAsync);
        limits.Add(host.Does(new Command("show", "The same."), ShowAsync));

        var settings = new Argument<string[]>("key=value")
        {
            Description = "Such as Limits:MaxConnections=1000, Hubs:chat:Timers:Idle=00:01:00 or Security:DenyIps=[\"203.0.113.0/24\"]; null takes an earlier change back.",
            Arity = ArgumentArity.OneOrMore,
        };
        limits.Add(host.Does(new Command("put", "Change settings of running nodes, for open connections too; wins over file until delete.") { settings }, (run, cancellation) =>
            ChangeAsync(run, HttpMethod.Put, Body(run.Get(settings)!), cancellation)));
        limits.Add(host.Does(new Command("delete", "Forget what was set by the API; the files apply again."), (run, cancellation) =>
            ChangeAsync(run, HttpMethod.Delete, null, cancellation)));
        return limits;
    }

    /// <summary><c>Limits:MaxConnections=5</c> as nested objects. A value is JSON if it can be read as that, else a text.</summary>
    internal static JsonObject Body(IEnumerable<string> settings)
    {
        var body = new JsonObject();
        foreach (var setting in settings)
        {
            var parts = setting.Split('=', 2);
            var path = parts[0].Split(':');
            if (parts.Length != 2 || path.Any(p => p.Length == 0)) throw Bad(setting, "must be key=value such as Limits:MaxConnections=1000");

            var at = body;
            foreach (var step in path[..^1])
            {
                at[step] ??= new JsonObject();
                at = at[step] as JsonObject ?? throw Bad(setting, "contradicts another setting given here");
            }

            if (at.ContainsKey(path[^1])) throw Bad(setting, "stands here twice");
            at[path[^1]] = Value(parts[1]);
        }

        return body;
    }

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static CommandFault Bad(string setting, string allowed) => new(ExitCodes.Misconfigured, $"'{setting}': {allowed}.");

    private static async Task<int> ShowAsync(CommandRun run, CancellationToken cancellation)
    {
        Show(run.Screen, await run.Admin.GetAsync("limits", cancellation));
        return ExitCodes.Clean;
    }

    private static async Task<int> ChangeAsync(CommandRun run, HttpMethod method, JsonObject? body, CancellationToken cancellation)
    {
        var answer = await run.Admin.CallAsync(method, "limits", body, cancellation);
        if (run.Screen.AsJson) run.Screen.Json(answer ?? []);
        else ShowSet(run.Screen, answer ?? []);
        if (answer.Text("storeFault") is { } fault) run.Screen.Note($"It is in force but will not survive a restart: {fault}");
        return ExitCodes.Clean;
    }

    private static void Show(Screen screen, JsonObject answer)
    {
        if (screen.AsJson)
        {
            screen.Json(answer);
            return;
        }

        screen.Properties(Settings(answer).Select(s => (s.ByApi ? $"{s.Name} *" : s.Name, s.Value)));
    }

    /// <summary>After a change only what the API has set: the rest is long, and is as it was.</summary>
    private static void ShowSet(Screen screen, JsonObject answer)
    {
        var set = Settings(answer).Where(s => s.ByApi).Select(s => ($"{s.Name} *", s.Value)).ToList();
        if (set.Count == 0) screen.Say("Nothing is set by the API; the files apply");
        else screen.Properties(set);
    }

    private static IEnumerable<(string Name, string? Value, bool ByApi)> Settings(JsonObject answer)
    {
        var set = (answer["fromApi"] as JsonArray ?? []).Select(k => k!.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return NodesCommand.Flat("", answer).Where(p => p.Name is not ("fromApi" or "storeFault")).Select(p => (p.Name, p.Value, set.Contains(p.Name)));
    }
}

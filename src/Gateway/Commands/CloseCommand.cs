using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace ActorSockets.Gateway.Commands;

/// <summary><c>close</c>: one connection at once, or all that match as a drain.</summary>
internal static class CloseCommand
{
    internal static Command Make(CommandHost host)
    {
        var id = new Argument<string?>("id") { Description = "Id of a connection.", Arity = ArgumentArity.ZeroOrOne };
        var select = Selection.Option("Close all that match, as a drain with the ending server-closed.", orAll: false);
        var abort = OptionOf.Flag("--abort", "Cut the transport, without a close frame; only with an id.");
        var options = new DrainOrderOptions(host.Time);
        var close = new Command("close", "Close one connection, or all that match.") { id, select, abort };
        foreach (var option in options.Pace) close.Add(option);
        close.Validators.Add(result => Judge(result, id, select, abort, options));
        return host.Does(close, async (run, cancellation) =>
        {
            if (run.Get(id) is { } one) return await CloseOneAsync(run, one, options, run.Get(abort), cancellation);
            var order = options.Order(run, run.Get(select)!.AsJson());
            order["ending"] = "server-closed";
            return await DrainCommand.StartAsync(run, options, order, cancellation);
        });
    }

    private static void Judge(CommandResult result, Argument<string?> id, Option<Selection?> select, Option<bool> abort, DrainOrderOptions options)
    {
        var one = result.GetResult(id) is { Tokens.Count: > 0 };
        var many = result.GetResult(select) is { Implicit: false };
        if (one == many) result.AddError($"Name either the id of a connection or {Selection.Name} key=value.");
        if (many && result.GetResult(abort) is { Implicit: false }) result.AddError($"{abort.Name} cannot be given together with {Selection.Name}.");
        if (!one) return;
        foreach (var option in options.PaceOnly.Where(o => result.GetResult(o) is { Implicit: false }))
            result.AddError($"{option.Name} needs {Selection.Name}: one connection is closed at once.");
    }

    private static async Task<int> CloseOneAsync(CommandRun run, string id, DrainOrderOptions options, bool abort, CancellationToken cancellation)
    {
        var path = QueryText.Of(
            $"connections/{QueryText.Part(id)}",
            ("code", options.CodeIn(run)?.ToString(CultureInfo.InvariantCulture)), ("reason", options.ReasonIn(run)), ("abort", abort ? "true" : null));
        await run.Admin.CallAsync(HttpMethod.Delete, path, null, cancellation);
        if (!run.Screen.AsJson) run.Screen.Say(abort ? $"{id} is cut" : $"{id} is told to go");
        return ExitCodes.Clean;
    }
}

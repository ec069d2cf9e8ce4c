using System.CommandLine;
using System.CommandLine.Invocation;

namespace ActorSockets.Gateway.Commands;

/// <summary>The gateway's command line: settings start a gateway, a command operates one that runs, by its admin API.</summary>
internal static class CommandLine
{
    private static readonly string[] Questions = ["--help", "-h", "-?", "/?", "/h", "--version"];

    private static readonly Lazy<HashSet<string>> Flags = new(() =>
        [.. FlagsOf(Root(new CommandHost(TextWriter.Null, TextWriter.Null, terminal: false, static _ => null, TimeProvider.System)))]);

    /// <summary>Whether the arguments are anything but settings; so also when nobody can make sense of them.</summary>
    internal static bool IsMeant(string[] args) => args.Length > 0 && (Questions.Contains(args[0]) || StrayWords.First(args, Flags.Value) is not null);

    internal static Task<int> RunAsync(string[] args) => RunAsync(
        args, new CommandHost(Console.Out, Console.Error, !Console.IsOutputRedirected, Environment.GetEnvironmentVariable, TimeProvider.System), CancellationToken.None);

    internal static async Task<int> RunAsync(string[] args, CommandHost host, CancellationToken cancellation)
    {
        var root = Root(host);
        if (!Questions.Contains(args[0]) && StrayWords.First(args, Flags.Value) is { } word && root.Subcommands.All(c => c.Name != args[0] && c.Name != word))
        {
            host.Errors.WriteLine(
                $"'{PlainText.Of(word)}' is {(word.StartsWith("--", StringComparison.Ordinal) ? "a setting without a value, or unknown" : "neither a command nor a setting")}. Commands: {string.Join(", ", root.Subcommands.Select(c => c.Name))}. "
                + "Settings: --ActorSockets:Limits:MaxConnections=1000. See --help.");
            return ExitCodes.Misconfigured;
        }

        var arguments = root.Parse(args);
        if (arguments.Action is ParseErrorAction)
        {
            foreach (var error in arguments.Errors) host.Errors.WriteLine(PlainText.Of(error.Message));
            host.Errors.WriteLine($"What is allowed: {string.Join(' ', Path(arguments))} --help");
            return ExitCodes.Misconfigured;
        }

        var surroundings = new InvocationConfiguration { Output = host.Output, Error = host.Errors, EnableDefaultExceptionHandler = false };
        return await arguments.InvokeAsync(surroundings, cancellation);
    }

    private static RootCommand Root(CommandHost host)
    {
        var root = new RootCommand(
            "Without a command, a gateway starts; its settings follow as --ActorSockets:Limits:MaxConnections=1000. "
            + "A command operates a gateway that runs, by its admin API. docs/operations.md has examples and the exit codes.");
        foreach (var option in host.Common) root.Add(option);
        root.Add(DrainCommand.Make(host));
        root.Add(DrainsCommand.Make(host));
        root.Add(ConnectionsCommand.Make(host));
        root.Add(CloseCommand.Make(host));
        root.Add(EndingsCommand.Make(host));
        root.Add(LimitsCommand.Make(host));
        root.Add(BansCommand.Make(host));
        root.Add(NodesCommand.Make(host));
        return root;
    }

    private static IEnumerable<string> FlagsOf(Command command) =>
        command.Options.Where(o => o.ValueType == typeof(bool)).Select(o => o.Name).Concat(command.Subcommands.SelectMany(FlagsOf));

    private static Stack<string> Path(ParseResult arguments)
    {
        var names = new Stack<string>();
        for (var at = arguments.CommandResult; at?.Parent is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult) names.Push(at.Command.Name);
        return names;
    }
}

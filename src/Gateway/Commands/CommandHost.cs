using System.CommandLine;
using System.Text.Json;

namespace ActorSockets.Gateway.Commands;

/// <summary>The process around a command, and what all commands have in common: address, key, JSON, faults.</summary>
internal sealed class CommandHost
{
    internal const string KeyVariable = "ACTORSOCKETS_ADMIN_KEY";
    internal const string AddressVariable = "ACTORSOCKETS_ADMIN";

    private const string DefaultAddress = "http://127.0.0.1:9090";

    private readonly Func<string, string?> _environment;
    private readonly bool _terminal;
    private readonly Option<Uri?> _address;
    private readonly Option<string?> _key;
    private readonly Option<bool> _json;

    internal CommandHost(TextWriter output, TextWriter errors, bool terminal, Func<string, string?> environment, TimeProvider time)
    {
        (Output, Errors, _terminal, _environment, Time) = (output, errors, terminal, environment, time);
        _address = new Option<Uri?>("--admin")
        {
            Description = $"Address of the admin listener; else ${AddressVariable}, else {DefaultAddress}.",
            HelpName = "url",
            Recursive = true,
            CustomParser = argument =>
            {
                var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : "";
                if (Address(text) is { } uri) return uri;
                argument.Refuse(text, AddressAllowed);
                return null;
            },
        };
        _key = OptionOf.Text("--key", $"Admin key; else ${KeyVariable}, which other users of the machine cannot see in the list of processes.", "key");
        _json = OptionOf.Flag("--json", "Print the API's JSON.");
        _key.Recursive = _json.Recursive = true;
    }

    internal TextWriter Output { get; }

    internal TextWriter Errors { get; }

    internal TimeProvider Time { get; }

    internal IEnumerable<Option> Common => [_address, _key, _json];

    private const string AddressAllowed = $"must be the address of an admin listener such as {DefaultAddress}";

    internal Command Does(Command command, CommandBody body)
    {
        command.SetAction((arguments, cancellation) => RunAsync(arguments, body, cancellation));
        return command;
    }

    private async Task<int> RunAsync(ParseResult arguments, CommandBody body, CancellationToken cancellation)
    {
        try
        {
            using var admin = new AdminClient(AddressOf(arguments), KeyOf(arguments));
            var screen = new Screen(Output, Errors, _terminal, arguments.GetValue(_json));
            return await body(new CommandRun(arguments, admin, screen, Time), cancellation);
        }
        catch (CommandFault fault)
        {
            Say(fault, arguments.CommandResult.Command);
            return fault.ExitCode;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }
    }

    private void Say(CommandFault fault, Command command)
    {
        foreach (var (field, message) in fault.Fields) Errors.WriteLine(PlainText.Of($"{OptionOfField(field, command)}: {message}"));
        if (fault.Fields.Count == 0) Errors.WriteLine(PlainText.Of(fault.Message));
    }

    /// <summary>The API's name of a field as this command spells it.</summary>
    private static string OptionOfField(string field, Command command)
    {
        var parts = field.Split('.', 2);
        var option = $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(parts[0])}";
        return !command.Options.Any(o => o.Name == option) ? field : parts.Length == 2 ? $"{option} {parts[1]}" : option;
    }

    private Uri AddressOf(ParseResult arguments)
    {
        if (arguments.GetValue(_address) is { } given) return given;
        var text = _environment(AddressVariable);
        if (string.IsNullOrEmpty(text)) text = DefaultAddress;
        return Address(text) ?? throw new CommandFault(ExitCodes.Misconfigured, $"{AddressVariable} '{text}': {AddressAllowed}.");
    }

    private string? KeyOf(ParseResult arguments)
    {
        var key = arguments.GetValue(_key) ?? _environment(KeyVariable);
        return key is null || key.All(c => c is > ' ' and <= '~') ? key : throw new CommandFault(ExitCodes.Misconfigured, "--key: must be one word of printable ASCII.");
    }

    private static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" } ? uri : null;
}

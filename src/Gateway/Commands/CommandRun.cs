using System.CommandLine;

namespace ActorSockets.Gateway.Commands;

/// <summary>One run of a command: what was typed, whom it asks and where it answers.</summary>
internal sealed record CommandRun(ParseResult Arguments, AdminClient Admin, Screen Screen, TimeProvider Time)
{
    internal T? Get<T>(Option<T> option) => Arguments.GetValue(option);

    internal T? Get<T>(Argument<T> argument) => Arguments.GetValue(argument);
}

/// <summary>What a command does; the exit code.</summary>
internal delegate Task<int> CommandBody(CommandRun run, CancellationToken cancellation);

namespace ActorSockets.Gateway.Commands;

/// <summary>
/// Finds the words on a command line that are no setting. The configuration passes over them in silence, so that a misspelt
/// command would start a gateway.
/// </summary>
internal static class StrayWords
{
    /// <summary>The first one, or null: <c>--key=value</c>, <c>--key value</c>, <c>/key=value</c>, <c>/key value</c> and <c>key=value</c> are settings.</summary>
    /// <param name="flags">Options of commands that take no value; the word behind one is no value of it, and one by itself is no setting.</param>
    internal static string? First(IReadOnlyList<string> args, IReadOnlySet<string> flags)
    {
        string? flag = null;
        for (var i = 0; i < args.Count; i++)
        {
            var arg = args[i];
            if (arg.Contains('=', StringComparison.Ordinal)) continue;
            if (flags.Contains(arg))
            {
                flag ??= arg;
                continue;
            }

            var takesNext = arg.StartsWith("--", StringComparison.Ordinal) || arg.StartsWith('/');
            if (!takesNext) return arg;

            // The value of this key, whatever it looks like; without one the configuration passes over the key too.
            if (++i == args.Count) return arg;
        }

        return flag;
    }
}

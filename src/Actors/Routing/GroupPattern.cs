namespace ActorSockets.Actors.Routing;

/// <summary>
/// A pattern of group names: <c>*</c> is any run without a dot, <c>**</c> any run, <c>?</c> one character but no dot, and <c>\</c>
/// takes the meaning from <c>\ * ?</c>. Case-sensitive. Matching walks name and pattern once, whatever they are; pure.
/// </summary>
internal sealed class GroupPattern
{
    /// <summary>Runs (<c>*</c> or <c>**</c>) that one pattern may have.</summary>
    internal const int MaxRuns = 5;

    /// <summary>Enough for the longest name with every character escaped.</summary>
    internal const int MaxLength = 2 * GroupName.MaxLength;

    private readonly Step[] _steps;

    private GroupPattern(Step[] steps, string text) => (_steps, Text) = (steps, text);

    private enum Kind : byte
    {
        Literal,
        One,
        Run,
        LongRun,
    }

    /// <summary>As it was written.</summary>
    internal string Text { get; }

    /// <summary>Null for an empty pattern, a longer one than <see cref="MaxLength"/>, one with more than <see cref="MaxRuns"/> runs, or a backslash before anything else.</summary>
    internal static GroupPattern? Parse(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength) return null;
        var steps = new List<Step>(text.Length);
        var runs = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    if (++i == text.Length || text[i] is not ('\\' or '*' or '?')) return null;
                    steps.Add(new(Kind.Literal, text[i]));
                    break;
                case '*':
                    var isLong = i + 1 < text.Length && text[i + 1] == '*';
                    if (isLong) i++;
                    if (++runs > MaxRuns) return null;
                    steps.Add(new(isLong ? Kind.LongRun : Kind.Run));
                    break;
                case '?':
                    steps.Add(new(Kind.One));
                    break;
                default:
                    steps.Add(new(Kind.Literal, text[i]));
                    break;
            }
        }

        return steps.Count == 0 ? null : new GroupPattern([.. steps], text.ToString());
    }

    internal bool Matches(string name)
    {
        // All places in the pattern where the name read so far may have led.
        Span<bool> here = stackalloc bool[_steps.Length + 1];
        Span<bool> next = stackalloc bool[_steps.Length + 1];
        here[0] = true;
        PassRuns(here);
        foreach (var c in name)
        {
            next.Clear();
            for (var at = 0; at < _steps.Length; at++)
            {
                if (!here[at]) continue;
                var step = _steps[at];
                if (step.IsRun) next[at] |= step.Takes(c);
                else next[at + 1] |= step.Takes(c);
            }

            PassRuns(next);
            var read = here;
            here = next;
            next = read;
        }

        return here[_steps.Length];
    }

    /// <summary>A run may be empty.</summary>
    private void PassRuns(Span<bool> places)
    {
        for (var at = 0; at < _steps.Length; at++)
            if (places[at] && _steps[at].IsRun)
                places[at + 1] = true;
    }

    private readonly record struct Step(Kind Kind, char Character = default)
    {
        internal bool IsRun => Kind is Kind.Run or Kind.LongRun;

        internal bool Takes(char c) => Kind switch
        {
            Kind.Literal => c == Character,
            Kind.LongRun => true,
            _ => c != '.',
        };
    }
}

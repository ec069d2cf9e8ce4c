namespace ActorSockets.Bench.Harness.Report;

/// <summary>A text file with blocks that a program writes, between <c>&lt;!-- name --&gt;</c> and <c>&lt;!-- /name --&gt;</c>.</summary>
internal static class MarkedFile
{
    public static void Write(string file, IReadOnlyDictionary<string, string> blocks)
    {
        var text = File.ReadAllText(file);
        foreach (var (name, block) in blocks)
        {
            var (open, close) = ($"<!-- {name} -->", $"<!-- /{name} -->");
            var from = text.IndexOf(open, StringComparison.Ordinal);
            var to = text.IndexOf(close, StringComparison.Ordinal);
            if (from < 0 || to < from) throw new HarnessFault($"{file} lacks the markers {open} and {close}");
            text = $"{text[..(from + open.Length)]}\n{block.TrimEnd()}\n{text[to..]}";
        }

        File.WriteAllText(file, text);
    }
}

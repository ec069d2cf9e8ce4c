using System.Text;

namespace ActorSockets.Bench.Harness.Report;

/// <summary>A table that reads well as text too.</summary>
internal sealed class MarkdownTable(params string[] head)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public override string ToString()
    {
        var widths = head.Select((title, column) => _rows.Select(row => row[column].Length).Append(title.Length).Max()).ToArray();
        var text = new StringBuilder();
        Line(head);
        text.Append('|');
        foreach (var width in widths) text.Append(' ').Append('-', width).Append(" |");
        text.Append('\n');
        foreach (var row in _rows) Line(row);
        return text.ToString();

        void Line(string[] cells)
        {
            text.Append('|');
            for (var column = 0; column < cells.Length; column++) text.Append(' ').Append(cells[column].PadRight(widths[column])).Append(" |");
            text.Append('\n');
        }
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace ActorSockets.Gateway.Commands;

/// <summary>What a command shows: tables on a terminal, lines with tabs where a script reads them, or the API's JSON.</summary>
internal sealed class Screen(TextWriter output, TextWriter errors, bool terminal, bool asJson)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // What people copy must not be broken over two lines.
    private static readonly string[] Ids = ["connection", "drain", "node", "subject", "from", "until"];

    private readonly IAnsiConsole? _console = terminal && !asJson
        ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) })
        : null;

    internal bool AsJson => asJson;

    /// <summary>Null where nobody watches.</summary>
    internal IAnsiConsole? Console => _console;

    internal void Json(JsonNode answer) => output.WriteLine(answer.ToJsonString(Indented));

    internal void Say(string line) => output.WriteLine(PlainText.Of(line));

    /// <summary>For people, beside an output that a script may read.</summary>
    internal void Note(string line) => errors.WriteLine(PlainText.Of(line));

    /// <summary>Says which nodes did not answer, so that nobody takes a part for the whole.</summary>
    internal void NoteMissing(JsonNode? answer)
    {
        if (answer.Missing() is { Count: > 0 } nodes) Note($"No answer from {string.Join(", ", nodes)}: what is there is left out");
    }

    internal void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string?>> rows)
    {
        if (_console is null)
        {
            output.WriteLine(string.Join('\t', columns));
            foreach (var row in rows) output.WriteLine(string.Join('\t', row.Select(Cell)));
            return;
        }

        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))) { NoWrap = Ids.Contains(column) });
        foreach (var row in rows) table.AddRow(row.Select(cell => new Text(Cell(cell))));
        _console.Write(table);
    }

    /// <summary>One thing with its properties, one a line.</summary>
    internal void Properties(IEnumerable<(string Name, string? Value)> properties)
    {
        if (_console is null)
        {
            foreach (var (name, value) in properties) output.WriteLine($"{PlainText.Of(name)}\t{Cell(value)}");
            return;
        }

        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in properties) grid.AddRow(new Text(PlainText.Of(name), new Style(decoration: Decoration.Dim)), new Text(Cell(value)));
        _console.Write(grid);
    }

    private static string Cell(string? text) => string.IsNullOrEmpty(text) ? "-" : PlainText.Of(text);
}

using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Tests.Docs;

/// <summary>docs/protocol.md and the catalogue of endings say the same, in the same order.</summary>
public sealed partial class EndingsDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root(), "docs", "protocol.md"));

    [Fact]
    public void Every_ending_is_documented_as_it_is()
    {
        var table = Table().Match(Text).Groups[1].Value;
        var documented = table.Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..];

        Assert.Equal(EndingCatalogue.All.Select(Row), documented);
    }

    [Fact]
    public void Every_advice_is_explained()
    {
        var explained = Advice().Matches(Text).Select(m => m.Groups[1].Value);

        Assert.Equal(Enum.GetNames<ReconnectAdvice>().Order(), explained.Order());
    }

    private static string Row(Ending ending)
    {
        var category = JsonNamingPolicy.KebabCaseLower.ConvertName(ending.Category.ToString());
        return $"| `{ending.Id}` | {category} | {ending.Code?.ToString(CultureInfo.InvariantCulture) ?? "–"} | `{ending.Reconnect}` |";
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ActorSockets.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }

    [GeneratedRegex(@"<!-- endings:begin[^\n]*-->\n(.*?)<!-- endings:end -->", RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex(@"^\| `([A-Z]\w+)` \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Advice();
}

using System.Globalization;
using System.Text.RegularExpressions;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Observability;

namespace ActorSockets.AspNetCore.Tests.Docs;

/// <summary>docs/protocol.md and the catalogue of endings say the same, in the same order.</summary>
public sealed partial class EndingsDocumentTests
{
    private static readonly string Text = Repository.Text("docs", "protocol.md");

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
        var explained = Advice().Matches(AdviceTable().Match(Text).Value).Select(m => m.Groups[1].Value);

        Assert.Equal(Enum.GetValues<ReconnectAdvice>().Select(WireName.Of).Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    private static string Row(Ending ending)
    {
        return $"| `{ending.Id}` | {WireName.Of(ending.Category)} | {ending.Code?.ToString(CultureInfo.InvariantCulture) ?? "–"} | `{WireName.Of(ending.Reconnect)}` |";
    }

    [GeneratedRegex(@"<!-- endings:begin[^\n]*-->\n(.*?)<!-- endings:end -->", RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex("<!-- advice:begin.*?<!-- advice:end -->", RegexOptions.Singleline)]
    private static partial Regex AdviceTable();

    [GeneratedRegex(@"^\| `([a-z-]+)` \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Advice();
}

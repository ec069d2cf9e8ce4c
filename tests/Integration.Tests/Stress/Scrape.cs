using System.Globalization;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>One reading of <c>/metrics</c>.</summary>
internal sealed class Scrape
{
    private readonly string[] _lines;

    private Scrape(string text) => _lines = text.Split('\n');

    public static async Task<Scrape> OfAsync(GatewayHost gateway) => new(await gateway.Admin.GetStringAsync("/metrics"));

    /// <summary>The sum over all series of an instrument that have the given label, as in <c>ending="banned"</c>.</summary>
    public double Sum(string instrument, string label = "") => _lines
        .Where(l => l.StartsWith(instrument, StringComparison.Ordinal) && l[instrument.Length] is '{' or ' ' && l.Contains(label, StringComparison.Ordinal))
        .Sum(l => double.Parse(l[(l.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
}

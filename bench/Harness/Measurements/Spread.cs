using System.Globalization;

namespace ActorSockets.Bench.Harness.Measurements;

/// <summary>Median and range of the rounds.</summary>
internal sealed record Spread(double Median, double Least, double Most, int Count)
{
    public static Spread? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) return null;
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1], sorted.Length);
    }

    public override string ToString() => Count == 1 ? Number(Median) : $"{Number(Median)} ({Number(Least)}–{Number(Most)})";

    public static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("#,0", CultureInfo.InvariantCulture),
    };
}

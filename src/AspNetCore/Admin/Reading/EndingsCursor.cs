using System.Globalization;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>Where a page of endings stopped, on every node that had a part in it: <c>tag=number</c> for each, the number of the last record shown.</summary>
internal sealed class EndingsCursor
{
    internal static readonly EndingsCursor Start = new(new Dictionary<string, long>());

    private readonly IReadOnlyDictionary<string, long> _before;

    internal EndingsCursor(IReadOnlyDictionary<string, long> before) => _before = before;

    /// <summary>Records of this node before this number; null = from the newest.</summary>
    internal long? Of(string tag) => _before.TryGetValue(tag, out var before) ? before : null;

    /// <summary>This place on the nodes named, and where it was before on those that were not heard this time: they go on there when they answer again.</summary>
    internal EndingsCursor With(IEnumerable<KeyValuePair<string, long>> heard)
    {
        var before = new Dictionary<string, long>(_before, StringComparer.Ordinal);
        foreach (var (tag, number) in heard) before[tag] = number;
        return new EndingsCursor(before);
    }

    internal static EndingsCursor? Parse(string text)
    {
        var before = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in text.Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !long.TryParse(part.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            before[part[..equals]] = number;
        }

        return new EndingsCursor(before);
    }

    public override string ToString() => string.Join(',', _before.Select(b => string.Create(CultureInfo.InvariantCulture, $"{b.Key}={b.Value}")));
}

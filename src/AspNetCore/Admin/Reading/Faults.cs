namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>What is wrong with a request, collected so that the caller hears everything at once.</summary>
internal sealed class Faults
{
    private readonly List<(string Field, string Message)> _faults = [];

    internal bool Any => _faults.Count > 0;

    internal int Count => _faults.Count;

    internal void Add(string field, string message) => _faults.Add((field, message));

    internal IDictionary<string, string[]> ByField() =>
        _faults.GroupBy(f => f.Field, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Select(f => f.Message).ToArray());

    public override string ToString() => string.Join(" ", _faults.Select(f => $"{f.Field}: {f.Message}"));
}

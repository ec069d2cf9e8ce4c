using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>
/// Reads the query of one call strictly: a parameter that the call does not take is a fault, because a misspelt filter would
/// otherwise select everything.
/// </summary>
internal sealed class QueryReader : FieldReader
{
    private readonly IQueryCollection _query;
    private readonly QueryFields _fields;

    internal QueryReader(HttpContext context)
        : base(new Faults())
    {
        _query = context.Request.Query;
        _fields = context.GetEndpoint()?.Metadata.GetMetadata<QueryFields>() ?? QueryFields.None;
        foreach (var name in _query.Keys)
        {
            var field = _fields.All.FirstOrDefault(f => f.Name == name);
            if (field is null) Faults.Add(name, $"is not a parameter of this call; allowed: {Names()}.");
            else if (!field.Many && _query[name].Count > 1) Faults.Add(name, "may be given once.");
        }

        foreach (var field in _fields.All.Where(f => f.Required && StringValues.IsNullOrEmpty(_query[f.Name])))
            Faults.Add(field.Name, $"is missing: {field.Description}");
    }

    internal override string? Text(string name)
    {
        if (!_query.TryGetValue(name, out var values) || values.Count != 1) return null;
        if (!string.IsNullOrEmpty(values[0])) return values[0];
        if (!_fields.All.Any(f => f.Name == name && f.Required)) Faults.Add(name, "must not be empty.");
        return null;
    }

    internal override IReadOnlyList<string>? Many(string name)
    {
        if (!_query.TryGetValue(name, out var values)) return null;
        string[] all = [.. values.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        if (all.Length == 0) Faults.Add(name, "must not be empty.");
        return all;
    }

    internal int? Number(string name, string allowed, Func<int, bool> isAllowed)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && isAllowed(value)) return value;
        Faults.Add(name, $"must be {allowed}.");
        return null;
    }

    internal bool Flag(string name)
    {
        if (Text(name) is not { } text) return false;
        if (bool.TryParse(text, out var value)) return value;
        Faults.Add(name, "must be true or false.");
        return false;
    }

    private string Names() => _fields.All.Count == 0 ? "none" : string.Join(", ", _fields.All.Select(f => f.Name));
}

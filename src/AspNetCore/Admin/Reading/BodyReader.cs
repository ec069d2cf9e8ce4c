using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>Reads a JSON body strictly, field by field, so that every fault can be named.</summary>
internal sealed class BodyReader : FieldReader
{
    internal const string Whole = "body";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly JsonElement _body;

    private readonly string _path;

    private BodyReader(JsonElement body, Faults faults, string path = "")
        : base(faults) => (_body, _path) = (body, path);

    internal JsonElement Value => _body;

    /// <summary>There is an object to read fields of, whatever else is wrong with it.</summary>
    internal bool IsObject => _body.ValueKind == JsonValueKind.Object;

    /// <param name="fields">What the body may have; null when somebody else checks it.</param>
    internal static async Task<BodyReader> ReadAsync(HttpContext context, Faults faults, IReadOnlyList<string>? fields)
    {
        if (context.Request.HasJsonContentType())
            return await ReadAsync(() => JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted), faults, fields);
        faults.Add("Content-Type", "must be application/json.");
        return new BodyReader(default, faults);
    }

    /// <summary>The same of a body that somebody else has read.</summary>
    internal static Task<BodyReader> ReadAsync(ReadOnlyMemory<byte> utf8, Faults faults, IReadOnlyList<string>? fields) =>
        ReadAsync(() => Task.FromResult(JsonDocument.Parse(utf8, Strict)), faults, fields);

    private static async Task<BodyReader> ReadAsync(Func<Task<JsonDocument>> parse, Faults faults, IReadOnlyList<string>? fields)
    {
        var empty = new BodyReader(default, faults);
        try
        {
            using var document = await parse();
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                faults.Add(Whole, "must be a JSON object.");
                return empty;
            }

            // Before anybody reads a text: whoever does may rely on there being one.
            if (JsonTexts.FirstBroken(document.RootElement) is { } broken)
            {
                faults.Add(broken, JsonTexts.Fault);
                return empty;
            }

            var reader = new BodyReader(document.RootElement.Clone(), faults);
            if (fields is not null) reader.RefuseOthers(fields);
            return reader;
        }
        catch (JsonException)
        {
            // The parser's message may quote the body, and with it a token.
            faults.Add(Whole, "must be a JSON object, each field once.");
            return empty;
        }
        catch (InvalidOperationException)
        {
            // The parser compares names, and one of them is no text that could be named.
            faults.Add(Whole, JsonTexts.Fault);
            return empty;
        }
    }

    internal bool Has(string name) => _body.ValueKind == JsonValueKind.Object && _body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>An object within the body, or null; its faults carry the name of the field before their own.</summary>
    internal BodyReader? Inner(string name, IReadOnlyList<string> fields)
    {
        if (!Has(name)) return null;
        if (_body.GetProperty(name) is not { ValueKind: JsonValueKind.Object } inner)
        {
            Refuse(name, $"must be an object; allowed in it: {string.Join(", ", fields)}.");
            return null;
        }

        var reader = new BodyReader(inner, Faults, $"{_path}{name}.");
        reader.RefuseOthers(fields);
        return reader;
    }

    internal override string? Text(string name)
    {
        if (!Has(name)) return null;
        var value = _body.GetProperty(name);
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        Refuse(name, "must be a text that is not empty.");
        return null;
    }

    internal override IReadOnlyList<string>? Many(string name)
    {
        if (!Has(name)) return null;
        var value = _body.GetProperty(name);
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && value.EnumerateArray().All(i => i is { ValueKind: JsonValueKind.String } && i.GetString() is not ""))
            return [.. value.EnumerateArray().Select(i => i.GetString()!)];
        Refuse(name, "must be a list of texts, at least one.");
        return null;
    }

    internal bool? Flag(string name)
    {
        if (!Has(name)) return null;
        if (_body.GetProperty(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value) return value.GetBoolean();
        Refuse(name, "must be true or false.");
        return null;
    }

    /// <param name="allowed">What the number must be, for the fault.</param>
    internal int? Number(string name, string allowed, Func<int, bool> isAllowed)
    {
        if (!Has(name)) return null;
        if (_body.GetProperty(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) && isAllowed(number)) return number;
        Refuse(name, $"must be {allowed}.");
        return null;
    }

    /// <param name="allowed">What the number must be, for the fault.</param>
    internal double? Fraction(string name, string allowed, Func<double, bool> isAllowed)
    {
        if (!Has(name)) return null;
        if (_body.GetProperty(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && isAllowed(number)) return number;
        Refuse(name, $"must be {allowed}.");
        return null;
    }

    internal override void Refuse(string name, string message) => Faults.Add(_path + name, message);

    private void RefuseOthers(IReadOnlyList<string> fields)
    {
        foreach (var property in _body.EnumerateObject().Where(p => !fields.Contains(p.Name)))
            Refuse(property.Name, $"is not a field of this call; allowed: {string.Join(", ", fields)}.");
    }
}

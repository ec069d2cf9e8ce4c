using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>Reads a JSON body strictly, field by field, so that every fault can be named.</summary>
internal sealed class BodyReader
{
    internal const string Whole = "body";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly JsonElement _body;

    private BodyReader(JsonElement body, Faults faults) => (_body, Faults) = (body, faults);

    internal Faults Faults { get; }

    internal JsonElement Value => _body;

    /// <param name="fields">What the body may have; null when somebody else checks it.</param>
    internal static async Task<BodyReader> ReadAsync(HttpContext context, Faults faults, IReadOnlyList<string>? fields)
    {
        var empty = new BodyReader(default, faults);
        if (!context.Request.HasJsonContentType())
        {
            faults.Add("Content-Type", "must be application/json.");
            return empty;
        }

        try
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body, Strict, context.RequestAborted);
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

    internal string? Text(string name)
    {
        if (!Has(name)) return null;
        var value = _body.GetProperty(name);
        if (value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text) return text;
        Faults.Add(name, "must be a text that is not empty.");
        return null;
    }

    internal TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text) return null;
        if (FieldText.TryDuration(text, out var value)) return value;
        Faults.Add(name, FieldText.DurationAllowed);
        return null;
    }

    internal DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text) return null;
        if (FieldText.TryInstant(text, out var value)) return value;
        Faults.Add(name, FieldText.InstantAllowed);
        return null;
    }

    private void RefuseOthers(IReadOnlyList<string> fields)
    {
        foreach (var property in _body.EnumerateObject().Where(p => !fields.Contains(p.Name)))
            Faults.Add(property.Name, $"is not a field of this call; allowed: {string.Join(", ", fields)}.");
    }
}

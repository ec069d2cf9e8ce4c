using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Admin.Resources;

namespace ActorSockets.Gateway.Commands;

/// <summary>Which connections are meant, as <c>--select key=value</c>, given once for each condition.</summary>
internal sealed record Selection(ImmutableArray<(QueryField Field, string Value)> Conditions, bool Everybody)
{
    internal const string Name = "--select";
    private const string All = "all";

    /// <summary>For the JSON of a drain.</summary>
    internal JsonObject AsJson()
    {
        var select = new JsonObject();
        if (Everybody) select[All] = true;
        foreach (var (field, value) in Conditions)
        {
            if (field.Many) (select[field.Name] ??= new JsonArray()).AsArray().Add((JsonNode)value);
            else select[field.Name] = value;
        }

        return select;
    }

    internal IEnumerable<(string, string?)> AsQuery() => Conditions.Select(c => (c.Field.Name, (string?)c.Value));

    /// <param name="orAll">Whether <c>--select all</c> may be said, which is the whole cluster.</param>
    internal static Option<Selection?> Option(string description, bool orAll) => new(Name)
    {
        Description = $"{description} Repeat it, all must match: {string.Join(", ", Names())}{(orAll ? $"; or {All}" : "")}.",
        HelpName = "key=value",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = argument => Read(argument, orAll),
    };

    private static Selection? Read(ArgumentResult argument, bool orAll)
    {
        var conditions = ImmutableArray.CreateBuilder<(QueryField, string)>();
        var everybody = false;
        foreach (var token in argument.Tokens)
        {
            if (orAll && token.Value == All) everybody = true;
            else if (Condition(argument, token.Value, orAll) is { } condition) conditions.AddRange(condition);
        }

        foreach (var twice in conditions.Where(c => !c.Item1.Many).GroupBy(c => c.Item1.Name).Where(g => g.Count() > 1))
            argument.Refuse(twice.Key, "may be given once");
        return new Selection(conditions.ToImmutable(), everybody);
    }

    private static IEnumerable<(QueryField, string)>? Condition(ArgumentResult argument, string text, bool orAll)
    {
        var parts = text.Split('=', 2);
        var field = Array.Find(SelectorFields.Fields, f => f.Name == JsonNamingPolicy.CamelCase.ConvertName(parts[0]) || Kebab(f) == parts[0]);
        if (parts.Length != 2 || field is null || parts[1].Length == 0)
        {
            argument.Refuse(text, $"must be key=value with one of {string.Join(", ", Names())}{(orAll ? $", or {All}" : "")}");
            return null;
        }

        if (field.Many) return parts[1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(v => (field, v));
        if (field.Kind is not FieldKind.Duration) return [(field, parts[1])];
        if (DurationText.TryParse(parts[1], out var duration)) return [(field, DurationText.ForApi(duration))];
        argument.Refuse(text, DurationText.Allowed);
        return null;
    }

    private static IEnumerable<string> Names() => SelectorFields.Fields.Select(f => f.Name);

    private static string Kebab(QueryField field) => JsonNamingPolicy.KebabCaseLower.ConvertName(field.Name);
}

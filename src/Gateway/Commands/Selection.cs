using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Admin.Reading;
using ActorSockets.AspNetCore.Admin.Resources;

namespace ActorSockets.Gateway.Commands;

/// <summary>Which connections are meant, as <c>--select key=value</c>, given once for each condition, or as an option for each.</summary>
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

    /// <summary>Each condition as an option of its own: <c>--idle-for 10m</c> is <c>--select idleFor=10m</c>.</summary>
    internal static IEnumerable<Option<Selection?>> Options() => SelectorFields.Fields.Select(field => new Option<Selection?>($"--{Kebab(field)}")
    {
        Description = field.Many ? $"{field.Description} Repeat it, or list them with commas." : field.Description,
        HelpName = field switch
        {
            { Kind: FieldKind.Duration } => "duration",
            { Name: "connection" } => "id",
            { Name: "ip" } => "cidr",
            _ => field.Name,
        },
        Arity = field.Many ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
        CustomParser = argument => new Selection([.. argument.Tokens.SelectMany(t => Values(argument, field, t.Value, t.Value))], Everybody: false),
    });

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
            else conditions.AddRange(Condition(argument, token.Value, orAll));
        }

        foreach (var twice in conditions.Where(c => !c.Item1.Many).GroupBy(c => c.Item1.Name).Where(g => g.Count() > 1))
            argument.Refuse(twice.Key, "may be given once");
        return new Selection(conditions.ToImmutable(), everybody);
    }

    private static IEnumerable<(QueryField, string)> Condition(ArgumentResult argument, string text, bool orAll)
    {
        var parts = text.Split('=', 2);
        var field = Array.Find(SelectorFields.Fields, f => f.Name == JsonNamingPolicy.CamelCase.ConvertName(parts[0]) || Kebab(f) == parts[0]);
        if (parts.Length == 2 && field is not null && parts[1].Length > 0) return Values(argument, field, parts[1], text);
        argument.Refuse(text, $"must be key=value with one of {string.Join(", ", Names())}{(orAll ? $", or {All}" : "")}");
        return [];
    }

    /// <param name="text">The whole of what was typed, for a fault.</param>
    private static IEnumerable<(QueryField, string)> Values(ArgumentResult argument, QueryField field, string value, string text)
    {
        // Who names nobody must not mean everybody.
        string[] values = field.Many ? value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [value];
        if (values is [] or [""]) argument.Refuse(text, "must not be empty");
        else if (field.Kind is not FieldKind.Duration) return values.Select(v => (field, v));
        else if (DurationText.TryParse(value, out var duration)) return [(field, DurationText.ForApi(duration))];
        else argument.Refuse(text, DurationText.Allowed);
        return [];
    }

    private static IEnumerable<string> Names() => SelectorFields.Fields.Select(f => f.Name);

    private static string Kebab(QueryField field) => JsonNamingPolicy.KebabCaseLower.ConvertName(field.Name);
}

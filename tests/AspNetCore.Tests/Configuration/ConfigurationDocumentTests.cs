using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ActorSockets.AspNetCore.Configuration;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Tests.Configuration;

/// <summary>docs/configuration.md and the options say the same.</summary>
public sealed partial class ConfigurationDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Root(), "docs", "configuration.md"));
    private static readonly List<Row> Documented = [.. Rows().Matches(Text).Select(m => new Row(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))];

    [Fact]
    public void Every_key_is_documented_once_and_no_other() =>
        Assert.Equal(Known().Select(r => r.Key).Order(StringComparer.Ordinal), Documented.Select(r => r.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_default_is_the_one_in_force() => Assert.All(Known(), known => Assert.Equal((known.Key, known.Default), (known.Key, Find(known.Key).Default)));

    [Fact]
    public void Every_bound_is_the_one_in_force() =>
        Assert.All(Known().Where(k => k.Allowed.Length > 0), known => Assert.Equal((known.Key, known.Allowed), (known.Key, Find(known.Key).Allowed)));

    [Fact]
    public void The_examples_can_be_used()
    {
        var examples = Json().Matches(Text).Select(m => m.Groups[1].Value).Where(t => !t.Contains("\"limits\"", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, examples.Count);
        Assert.All(examples, example =>
        {
            using var stream = new MemoryStream(Encoding.UTF8.GetBytes(example));
            Assert.Empty(GatewayConfiguration.Load(new ConfigurationBuilder().AddJsonStream(stream).Build(), []).Faults);
        });
    }

    private static Row Find(string key) => Assert.Single(Documented, r => r.Key == key);

    private static List<Row> Known()
    {
        var rows = new List<Row>();
        Walk(new ActorSocketsOptions(), "", insideHub: false, rows);
        return rows;
    }

    private static void Walk(object record, string prefix, bool insideHub, List<Row> rows)
    {
        var shape = RecordShape.Of(record.GetType());
        foreach (var member in shape.Inline is null ? shape.Members : [.. shape.Members, shape.Inline])
        {
            var key = member == shape.Inline ? prefix.TrimEnd(':') : prefix + member.Name;
            if (member.Entry is { } entry) Walk(Activator.CreateInstance(entry)!, $"{key}:{{{member.Entries!.Placeholder}}}:", entry == typeof(HubOptions), rows);
            else if (member.Item is { } item && !ValueForm.IsScalar(item)) Walk(Activator.CreateInstance(item)!, $"{key}:{{n}}:", insideHub: false, rows);
            else if (member.Item is not null || ValueForm.IsScalar(member.Type)) rows.Add(new Row(key, Default(key, member.Property.GetValue(record)), Allowed(member)));
            else if (insideHub) rows.Add(new Row($"{key}:{{key}}", "–", ""));
            else Walk(member.Property.GetValue(record)!, $"{key}:", insideHub: false, rows);
        }
    }

    // Null stands for "as the handler wants it", which is true for every handler but one.
    private static string Default(string key, object? value) => key == "Timers:EndOnTokenExpiry" ? "true" : value switch
    {
        null => "–",
        TimeSpan duration => ValueForm.Write(duration),
        bool truth => truth ? "true" : "false",
        string text => text,
        IList many => $"[{string.Join(", ", many.Cast<object>())}]",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Allowed(RecordShape.Member member)
    {
        var type = Nullable.GetUnderlyingType(member.Type) ?? member.Type;
        if (member.Range is { } range) return string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}");
        return type.IsEnum ? string.Join(", ", Enum.GetNames(type)) : type == typeof(bool) ? "true, false" : "";
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "ActorSockets.sln"))) directory = directory.Parent!;
        return directory.FullName;
    }

    [GeneratedRegex(@"^\| `([^`]+)` \| `([^`]+)` \| (.+?) \| .+ \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"^```json\n(.+?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Json();

    private sealed record Row(string Key, string Default, string Allowed);
}

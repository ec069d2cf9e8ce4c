using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>
/// Binds configuration to options records and takes nothing it does not know: a limit with a typo in its name would otherwise be
/// no limit, and nobody would hear of it.
/// </summary>
internal sealed class StrictBinder(FaultList faults)
{
    /// <summary>The record with what the section says laid over <paramref name="defaults"/>.</summary>
    public T Bind<T>(IConfigurationSection section, string path, T defaults, string? skip = null)
        where T : class => (T)BindRecord(section, path, defaults, skip);

    /// <summary>Entries under names the user chose, each laid over <paramref name="template"/>. Names are kept in lower case.</summary>
    public Dictionary<string, T> BindEntries<T>(IConfigurationSection section, string path, T template)
        where T : class
    {
        var entries = new Dictionary<string, T>(StringComparer.Ordinal);
        if (!string.IsNullOrEmpty(section.Value)) faults.Unknown(path, section.Value, "must be a section of named entries");
        foreach (var child in section.GetChildren()) AddEntry(entries, child, path, template);
        return entries;
    }

    private void AddEntry(IDictionary entries, IConfigurationSection child, string path, object template)
    {
        var name = child.Key.ToLowerInvariant();
        var entryPath = $"{path}:{name}";
        if (entries.Contains(name)) faults.Add(entryPath, null, "stands here twice; names that differ only in case are the same");
        else entries.Add(name, BindRecord(child, entryPath, template, skip: null));
    }

    private object BindRecord(IConfigurationSection section, string path, object defaults, string? skip)
    {
        var shape = RecordShape.Of(defaults.GetType());
        var record = shape.Copy(defaults);
        if (!string.IsNullOrEmpty(section.Value)) faults.Unknown(path, section.Value, $"must be a section; {shape.Allowed}");
        var inline = shape.Inline is null ? null : NewEntries(shape.Inline);
        foreach (var child in section.GetChildren())
        {
            var member = shape.Find(child.Key);
            if (member is not null && member.Name == skip) continue;
            if (member is not null) BindMember(child, $"{path}:{member.Name}", member, record);
            else if (inline is not null) AddEntry(inline, child, path, NewTemplate(shape.Inline!));
            else faults.Unknown($"{path}:{child.Key}", child.Value, $"is not a known key; {shape.Allowed}");
        }

        if (inline is not null) shape.Inline!.Property.SetValue(record, inline);
        return record;
    }

    private void BindMember(IConfigurationSection section, string path, RecordShape.Member member, object record)
    {
        object? value;
        if (member.Entry is not null) value = NamedEntries(section, path, member);
        else if (member.Item is { } item) value = List(section, path, member, item);
        else if (ValueForm.IsScalar(member.Type)) value = Scalar(section, path, member, member.Type);
        else value = BindRecord(section, path, member.Property.GetValue(record)!, skip: null);
        if (value is not null) member.Property.SetValue(record, value);
    }

    private IDictionary NamedEntries(IConfigurationSection section, string path, RecordShape.Member member)
    {
        var entries = NewEntries(member);
        if (!string.IsNullOrEmpty(section.Value)) faults.Unknown(path, section.Value, "must be a section of named entries");
        foreach (var child in section.GetChildren()) AddEntry(entries, child, path, NewTemplate(member));
        return entries;
    }

    private IList List(IConfigurationSection section, string path, RecordShape.Member member, Type item)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        if (!string.IsNullOrEmpty(section.Value)) faults.Add(path, section.Value, $"is a list; write {path}:0, {path}:1 and so on", member.Secret);
        foreach (var child in section.GetChildren())
        {
            var itemPath = $"{path}:{child.Key}";
            if (!int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                faults.Unknown(itemPath, child.Value, $"is a list; write {path}:0, {path}:1 and so on");
            else if (!ValueForm.IsScalar(item))
                list.Add(BindRecord(child, itemPath, Activator.CreateInstance(item)!, skip: null));
            else if (Scalar(child, itemPath, member, item) is { } value)
                list.Add(value);
            else if (child.Value is null && !child.GetChildren().Any())
                faults.Add(itemPath, null, ValueForm.Allowed(item, member.Range));
        }

        return list;
    }

    // Null: keep the default. JSON's null says that too.
    private object? Scalar(IConfigurationSection section, string path, RecordShape.Member member, Type type)
    {
        if (section.GetChildren().Any())
        {
            faults.Add(path, null, $"is one value, not a section; {ValueForm.Allowed(type, member.Range)}");
            return null;
        }

        if (section.Value is not { } text) return null;
        var value = ValueForm.Parse(type, text, member.Range);
        if (value is null) faults.Add(path, text, ValueForm.Allowed(type, member.Range), member.Secret);
        return value;
    }

    private static IDictionary NewEntries(RecordShape.Member member) =>
        (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), member.Entry!))!;

    private static object NewTemplate(RecordShape.Member member) => Activator.CreateInstance(member.Entry!)!;
}

using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>What an options record looks like in configuration: its keys, and how to copy it. Found once per type.</summary>
internal sealed class RecordShape
{
    private static readonly ConcurrentDictionary<Type, RecordShape> Known = new();
    private readonly MethodInfo _clone;

    private RecordShape(Type type)
    {
        // The compiler gives every record this method; "with" is built on it.
        _clone = type.GetMethod("<Clone>$") ?? throw new ArgumentException($"{type} is not a record.", nameof(type));
        var all = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.SetMethod is not null)
            .Select(p => new Member(p, p.GetCustomAttribute<RangeAttribute>(), p.GetCustomAttribute<NamedEntriesAttribute>(), p.GetCustomAttribute<SecretAttribute>() is not null))
            .ToList();
        Inline = all.Find(m => m.Entries is { Inline: true });
        Members = [.. all.Where(m => m != Inline)];
    }

    /// <summary>The keys that the type itself names.</summary>
    public IReadOnlyList<Member> Members { get; }

    /// <summary>The dictionary whose entries stand beside these keys, or null.</summary>
    public Member? Inline { get; }

    /// <summary>What a key may be, to end the sentence of a fault.</summary>
    public string Allowed =>
        $"allowed here: {string.Join(", ", Members.Select(m => m.Name))}{(Inline is null ? "" : $" and {{{Inline.Entries!.Placeholder}}}")}";

    public static RecordShape Of(Type type) => Known.GetOrAdd(type, static t => new RecordShape(t));

    public Member? Find(string key) => Members.FirstOrDefault(m => string.Equals(m.Name, key, StringComparison.OrdinalIgnoreCase));

    public object Copy(object record) => _clone.Invoke(record, null)!;

    /// <summary>One key of an options record.</summary>
    internal sealed record Member(PropertyInfo Property, RangeAttribute? Range, NamedEntriesAttribute? Entries, bool Secret)
    {
        public string Name => Property.Name;

        public Type Type => Property.PropertyType;

        /// <summary>The type of a list's items, or null when this is no list.</summary>
        public Type? Item => Type.IsGenericType && Type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? Type.GetGenericArguments()[0] : null;

        /// <summary>The type of a dictionary's values, or null when this is no dictionary.</summary>
        public Type? Entry => Entries is null ? null : Type.GetGenericArguments()[1];
    }
}

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>The value never appears in a fault, a description or a log.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;

/// <summary>A dictionary whose keys the user names, as in <c>Hubs:{hub}</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NamedEntriesAttribute(string placeholder) : Attribute
{
    /// <summary>How the documentation writes the name.</summary>
    public string Placeholder { get; } = placeholder;

    /// <summary>True when the entries stand beside the record's other keys instead of under a key of their own.</summary>
    public bool Inline { get; init; }
}

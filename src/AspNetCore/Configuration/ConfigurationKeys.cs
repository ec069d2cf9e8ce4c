namespace ActorSockets.AspNetCore.Configuration;

/// <summary>The written form of keys: configuration does not care about case, people who compare two lists of keys do.</summary>
internal static class ConfigurationKeys
{
    /// <summary>The key as the documentation writes it, for a key below <c>ActorSockets</c>; what is unknown stays as it is.</summary>
    public static string Canonical(string path)
    {
        var parts = path.Split(':');
        Type? type = typeof(ActorSocketsOptions);
        for (var i = 0; i < parts.Length && type is not null; i++)
        {
            var shape = RecordShape.Of(type);
            var member = shape.Find(parts[i]);
            if (member is not null)
            {
                parts[i] = member.Name;
                type = member.Entry ?? (member.Item is not null || ValueForm.IsScalar(member.Type) ? null : member.Type);
                if (member.Entry is not null && ++i < parts.Length) parts[i] = parts[i].ToLowerInvariant();
                if (member.Item is { } item && !ValueForm.IsScalar(item)) (type, i) = (item, i + 1);
            }
            else
            {
                type = shape.Inline?.Entry;
                if (type is not null) parts[i] = parts[i].ToLowerInvariant();
            }
        }

        return string.Join(':', parts);
    }
}

using System.Net;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>Reads the fields of a request, from its query or its body: values of the same kind have the same form in both.</summary>
internal abstract class FieldReader(Faults faults)
{
    internal Faults Faults { get; } = faults;

    /// <summary>Null when it was not given, or is a fault.</summary>
    internal abstract string? Text(string name);

    /// <summary>Null when it was not given. Given without a value is a fault: a list that names nobody must not select everybody.</summary>
    internal abstract IReadOnlyList<string>? Many(string name);

    internal TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text) return null;
        if (FieldText.TryDuration(text, out var value)) return value;
        Refuse(name, FieldText.DurationAllowed);
        return null;
    }

    internal DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text) return null;
        if (FieldText.TryInstant(text, out var value)) return value;
        Refuse(name, FieldText.InstantAllowed);
        return null;
    }

    internal IPNetwork? Network(string name)
    {
        if (Text(name) is not { } text) return null;
        if (FieldText.TryNetwork(text, out var value)) return value;
        Refuse(name, FieldText.NetworkAllowed);
        return null;
    }

    /// <summary>A fault of one field, by the name under which the caller knows it.</summary>
    internal virtual void Refuse(string name, string message) => Faults.Add(name, message);
}

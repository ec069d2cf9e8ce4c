using System.Text.RegularExpressions;

namespace ActorSockets.Actors.Routing;

/// <summary>Names of hubs, compared without case: the lower-case form is the key everywhere.</summary>
internal static partial class HubName
{
    /// <summary>What <see cref="IsValid"/> accepts, for error messages.</summary>
    internal const string Allowed = "a letter, then up to 127 letters, digits or any of _ ` , . [ ]";

    internal static bool IsValid(string? name) => name is not null && Pattern().IsMatch(name);

    /// <summary>The key for a name that is not judged here: one that no hub can have finds nothing.</summary>
    internal static string Key(string name) => name.ToLowerInvariant();

    internal static bool TryNormalize(string? name, out string hub)
    {
        hub = IsValid(name) ? Key(name!) : string.Empty;
        return hub.Length > 0;
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9_`,.\[\]]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

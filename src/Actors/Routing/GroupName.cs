namespace ActorSockets.Actors.Routing;

/// <summary>Names of groups: case-sensitive, per hub.</summary>
internal static class GroupName
{
    internal const int MaxLength = 1024;

    /// <summary>Groups that one connection may be in. With names of full length that is 8 MB, and what one disconnect costs the router.</summary>
    internal const int MaxPerConnection = 4096;

    /// <summary>What <see cref="IsValid"/> accepts, for error messages.</summary>
    internal const string Allowed = "1 to 1024 characters, not only white space";

    internal static bool IsValid(string? name) => name is { Length: <= MaxLength } && !string.IsNullOrWhiteSpace(name);
}

using System.Buffers;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>What events of clients may be called. The name goes into headers and URLs, so it is narrow.</summary>
internal static class EventName
{
    internal const int MaxLength = 128;

    /// <summary>What <see cref="IsValid"/> accepts, for error messages.</summary>
    internal const string Allowed = "a letter, then up to 127 letters, digits or any of _ . -";

    /// <summary>The event that a message of a client without a protocol of ours is.</summary>
    internal const string Message = "message";

    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.-");

    internal static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaxLength && char.IsAsciiLetter(name[0]) && !name.ContainsAnyExcept(Characters);
}

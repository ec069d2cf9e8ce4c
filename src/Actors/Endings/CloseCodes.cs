namespace ActorSockets.Actors.Endings;

/// <summary>Which close codes a caller may ask for (RFC 6455 section 7.4; IANA registry for 1012 and 1013).</summary>
public static class CloseCodes
{
    /// <summary>What <see cref="IsAllowed"/> accepts, for error messages.</summary>
    public const string Allowed = "1000, 1001, 1008, 1011-1013 or 3000-4999";

    /// <summary>True for a code that a caller of the API or the configuration may choose.</summary>
    public static bool IsAllowed(int code) => code is 1000 or 1001 or 1008 or (>= 1011 and <= 1013) or (>= 3000 and <= 4999);
}

using System.Text;
using System.Text.RegularExpressions;
using ActorSockets.AspNetCore.Upgrade;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Rules that a single value must keep beyond its type. Each returns what is allowed, or null when all is well.</summary>
internal static partial class ValueRules
{
    private const int ShortestKey = 32;
    private const string SecretRule = "must be 32 bytes or more, without control characters and without white space at its ends";

    /// <summary>Access keys stand in connection strings, which end a key at a semicolon.</summary>
    public static string? AccessKey(string key) => Secret(key) is null && !key.Contains(';', StringComparison.Ordinal) ? null : $"{SecretRule}, and without ';'";

    public static string? Secret(string key) =>
        Encoding.UTF8.GetByteCount(key) >= ShortestKey && !key.Any(char.IsControl) && key.Trim().Length == key.Length ? null : SecretRule;

    public static string? HubName(string name) =>
        Actors.Routing.HubName.IsValid(name) ? null : $"a hub's name is {Actors.Routing.HubName.Allowed}";

    public static string? AdminName(string name) =>
        AdminNames().IsMatch(name) ? null : "an admin key's name is 1 to 64 of letters, digits and . _ -";

    /// <summary>RFC 6455 section 4.1: a subprotocol is an HTTP token.</summary>
    public static string? Subprotocol(string name) =>
        HeaderSyntax.IsToken(name) ? null : "must be a subprotocol's name: letters, digits and ! # $ % & ' * + - . ^ _ ` | ~ (RFC 6455 section 4.1)";

    public static string? PublicEndpoint(Uri endpoint) =>
        endpoint.Scheme is "http" or "https" or "ws" or "wss" && IsBare(endpoint) ? null : "must be an origin with http, https, ws or wss and without path, query and user, such as https://example.com";

    /// <summary>RFC 6454: scheme, host and port; a browser says "null" where the origin is opaque.</summary>
    public static string? Origin(string origin) =>
        origin is "*" or "null" || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && IsBare(uri) && !origin.EndsWith('/'))
            ? null
            : "must be * or an origin such as https://example.com, without path and final slash";

    private static bool IsBare(Uri uri) => uri.AbsolutePath is "" or "/" && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AdminNames();
}

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>The address of an upstream with places for hub and event. What is filled in is escaped and never reaches scheme, host or port.</summary>
internal sealed class UrlTemplate
{
    /// <summary>What <see cref="TryParse"/> accepts, to end the sentence of a fault.</summary>
    internal const string Allowed =
        "must be an http or https URL without user and fragment; {hub} and {event} may stand in its path and query, and no other braces";

    private const string Hub = "{hub}";
    private const string Event = "{event}";
    private const string Validation = "validate";

    private readonly string _text;

    private UrlTemplate(string text) => _text = text;

    /// <summary>Null when it is not <see cref="Allowed"/>.</summary>
    internal static UrlTemplate? TryParse(string? text)
    {
        if (text is null || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c == '\\')) return null;
        var authority = text.IndexOf("://", StringComparison.Ordinal) + 3;
        if (authority < 3) return null;
        var path = text.AsSpan(authority).IndexOfAny("/?#");
        if ((path < 0 ? text[authority..] : text[..(authority + path)]).AsSpan().ContainsAny("{}")) return null;
        var filled = Fill(text, "h", "e");
        return !filled.AsSpan().ContainsAny("{}")
            && Uri.TryCreate(filled, UriKind.Absolute, out var url)
            && url is { Scheme: "http" or "https", Fragment: "", UserInfo: "", Host.Length: > 0 }
            ? new UrlTemplate(text)
            : null;
    }

    /// <summary>Where this event of this hub goes.</summary>
    internal Uri For(string hub, string eventName) => new(Fill(_text, Uri.EscapeDataString(hub), Uri.EscapeDataString(eventName)));

    /// <summary>Where the upstream is asked for leave to send events.</summary>
    internal Uri ForValidation(string hub) => For(hub, Validation);

    /// <summary>For people: without the query, where secrets are.</summary>
    internal static string Shown(string text) => text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? $"{text[..query]}?…" : text;

    /// <inheritdoc/>
    public override string ToString() => Shown(_text);

    // In one walk: what was filled in is not looked at again.
    private static string Fill(string text, string hub, string eventName) => string.Create(
        text.Length + (Count(text, Hub) * (hub.Length - Hub.Length)) + (Count(text, Event) * (eventName.Length - Event.Length)),
        (text, hub, eventName),
        static (target, fill) =>
        {
            var rest = fill.text.AsSpan();
            while (!rest.IsEmpty)
            {
                var (taken, written) = rest.StartsWith(Hub) ? (Hub.Length, fill.hub) : rest.StartsWith(Event) ? (Event.Length, fill.eventName) : (1, null);
                if (written is null) target[0] = rest[0];
                else written.CopyTo(target);
                target = target[(written?.Length ?? 1)..];
                rest = rest[taken..];
            }
        });

    private static int Count(string text, string place) => text.AsSpan().Count(place);
}

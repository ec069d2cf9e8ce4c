using ActorSockets.Actors;
using ActorSockets.Actors.Supervision;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>What came of the offered subprotocols.</summary>
/// <param name="Chosen">To be echoed in the answer, or null for none.</param>
/// <param name="Refusal">Why not, or null.</param>
internal readonly record struct SubprotocolVerdict(string? Chosen, Refusal? Refusal);

/// <summary>Picks a subprotocol (RFC 6455 sections 4.1, 4.2.2 and 11.3.4).</summary>
internal static class SubprotocolChoice
{
    /// <param name="offered">All values of Sec-WebSocket-Protocol.</param>
    /// <param name="accepted">Names the hub is configured for; empty when it doesn't care: then what is spoken here, or a single unknown name.</param>
    /// <param name="required">Refuse when none is chosen.</param>
    internal static SubprotocolVerdict Choose(StringValues offered, IReadOnlyList<string> accepted, bool required)
    {
        if (Parse(offered) is not { } names) return new(null, Malformed());
        foreach (var name in names)
            if (accepted.Count > 0 ? accepted.Contains(name, StringComparer.Ordinal) : IsSpoken(name))
                return new(name, null);

        // A name whose meaning is known and that is not spoken here must not be echoed: its client would wait for ever.
        if (names.Find(IsNotSpoken) is { } foreign)
            return new(null, Refusals.Subprotocol($"The subprotocol {foreign} is not spoken here; {Compat.Json} and {Compat.ReliableJson} are, and so is none at all."));

        // A browser that offered a protocol breaks off when the answer names none. Where the hub has no opinion and there is
        // no choice to make, the client's only wish is granted.
        if (accepted.Count == 0 && names.Count == 1) return new(names[0], null);
        if (!required) return new(null, null);
        var allowed = accepted.Count > 0 ? string.Join(", ", accepted) : "any single name";
        return new(null, Refusals.Subprotocol($"This hub requires a subprotocol in Sec-WebSocket-Protocol: {allowed}."));
    }

    /// <summary>Known, and not implemented.</summary>
    internal static bool IsNotSpoken(string name) => name is Compat.Protobuf or Compat.ReliableProtobuf;

    private static bool IsSpoken(string name) => name is Compat.Json or Compat.ReliableJson;

    internal static Refusal Malformed() =>
        Refusals.BadRequest("The header Sec-WebSocket-Protocol must be a list of different names separated by commas, without spaces inside a name.");

    /// <summary>The names in the client's order of preference; null when they are no list of different tokens.</summary>
    internal static List<string>? Parse(StringValues offered)
    {
        var names = new List<string>();
        if (offered.Count == 0) return names;
        foreach (var line in offered)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var name = line.AsSpan(part).Trim(" \t");
                if (name.IsEmpty) continue;
                if (!HeaderSyntax.IsToken(name)) return null;
                names.Add(name.ToString());
            }
        }

        return names.Count > 0 && names.Distinct(StringComparer.Ordinal).Count() == names.Count ? names : null;
    }
}

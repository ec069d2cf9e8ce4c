using System.Collections.ObjectModel;
using ActorSockets.Actors;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hubs;
using ActorSockets.AspNetCore.Sockets;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>What the pipeline carries through one admission.</summary>
internal sealed record Admission(
    ConnectionId Id, string Hub, HubOptions Options, SocketTransport Transport, UpgradeRequest Request, ResolvedClient Client)
{
    private static readonly string[] SecretParameters = ["access_token", Compat.ReconnectionTokenParameter];

    /// <summary>The application that decides who may connect, or null.</summary>
    internal IConnectHandler? ConnectHandler { get; init; }

    /// <summary>What came of the offered subprotocols by the hub's configuration.</summary>
    internal SubprotocolVerdict Subprotocol { get; init; }

    /// <summary>The payload of the token that was found good; empty without one.</summary>
    internal ReadOnlyMemory<byte> TokenPayload { get; init; }

    /// <summary>The question for the application, without secrets.</summary>
    internal ConnectRequest ToConnectRequest(string? userId) => new(
        Id,
        Hub,
        userId,
        Client.Address.Address,
        Request.Query
            .Where(q => !SecretParameters.Contains(q.Key, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(q => q.Key, q => q.Value.OfType<string>().ToArray(), StringComparer.OrdinalIgnoreCase),
        Request.Headers.WithoutSecrets(),
        SubprotocolChoice.Parse(Request.Headers["Sec-WebSocket-Protocol"]) ?? [])
    {
        Claims = TokenPayload.IsEmpty ? ReadOnlyDictionary<string, string[]>.Empty : ClaimLists.Of(TokenPayload),
    };

    /// <summary>What the application says of groups and roles replaces what the token says of them.</summary>
    internal static Standing? Merge(Standing? token, ConnectDecision decision)
    {
        var groups = decision.Groups is { Count: > 0 } given ? given : token?.Groups ?? [];
        var rights = decision.Roles is { } roles ? SessionRights.Of(roles) : token?.Rights;
        return groups.Count == 0 && rights is null ? null : new Standing(groups, rights);
    }

    /// <summary>
    /// The application's choice of a subprotocol must be one that the client offered and that is spoken here or means nothing here;
    /// without one the configuration's verdict stands.
    /// </summary>
    internal (string? Chosen, Refusal? Verdict) Choose(ConnectDecision decision)
    {
        if (decision.Subprotocol is not { } wanted) return (Subprotocol.Chosen, Subprotocol.Refusal);
        var offered = SubprotocolChoice.Parse(Request.Headers["Sec-WebSocket-Protocol"]) ?? [];
        if (!offered.Contains(wanted, StringComparer.Ordinal))
            return (null, Refusals.Handler(500, "The application chose a subprotocol that the client did not offer."));

        // A client that offered nothing else is told so; one that did has met a mistake of the application.
        return SubprotocolChoice.IsNotSpoken(wanted)
            ? (null, Subprotocol.Refusal ?? Refusals.Handler(500, $"The application chose the subprotocol {wanted}, which is not spoken here."))
            : (wanted, null);
    }
}

using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;

namespace ActorSockets.Actors.Sessions;

/// <summary>
/// Everything that a reliable session is, as one value that another node can go on with: made where the session is given up, and not
/// looked at before. Nothing in it refers to a node's objects, and no token is in it.
/// </summary>
internal sealed record SessionState
{
    public required string Id { get; init; }

    /// <summary>The node that gave it up.</summary>
    public required string Node { get; init; }

    public required string Hub { get; init; }

    public required string? UserId { get; init; }

    public required string Address { get; init; }

    public required bool IsAddressShared { get; init; }

    public required string? Subprotocol { get; init; }

    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>What revocations look at; null for a session without a token.</summary>
    public required TokenFacts? Token { get; init; }

    /// <summary>When its authorization ends; null = never. An operator may have moved it.</summary>
    public required DateTimeOffset? AuthorizedUntil { get; init; }

    public required ImmutableArray<string> Groups { get; init; }

    public required ImmutableArray<string> Roles { get; init; }

    /// <summary>Single groups granted or revoked since the connect.</summary>
    public required ImmutableArray<SingleRight> SingleRights { get; init; }

    /// <summary>What the hub's handler keeps for it; means something to that handler only.</summary>
    public required string? HandlerState { get; init; }

    /// <summary>Ack ids that succeeded, the oldest first.</summary>
    public required ImmutableArray<ulong> Acks { get; init; }

    public required ulong NextSequenceId { get; init; }

    /// <summary>What the client has not acknowledged, in order.</summary>
    public required ImmutableArray<Frame> Frames { get; init; }

    /// <summary>How far it has heard what each node says to all: whoever is behind that must not tell it again.</summary>
    public ImmutableDictionary<string, long> Heard { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>How often it has gone to another node, this time included.</summary>
    public int Moves { get; init; }

    /// <summary>The id of the ending that its client was told; null where there is none, because its client is the one who wants it elsewhere.</summary>
    public string? LeftFor { get; init; }

    /// <summary>Its client was told to stay away for so long.</summary>
    public TimeSpan ReturnsAfter { get; init; }

    /// <summary>As on this node: everything but where it is.</summary>
    internal SessionInfo ToInfo(string node) =>
        new(new ConnectionId(Id), node, Hub, UserId, new ClientAddress(IPAddress.Parse(Address), IsAddressShared), Subprotocol, ConnectedAt);

    internal Standing ToStanding() => new(Groups, SessionRights.Restore(Roles, SingleRights));

    /// <summary>As UTF-8 JSON: a newer release may have members that an older one passes over.</summary>
    internal byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, SessionStateJson.Default.SessionState);

    /// <exception cref="JsonException">The bytes are none that <see cref="ToBytes"/> has made.</exception>
    internal static SessionState FromBytes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, SessionStateJson.Default.SessionState) ?? throw new JsonException("null is no session");

    /// <summary>One message that is not acknowledged.</summary>
    internal readonly record struct Frame(ulong Id, ReadOnlyMemory<byte> Body, DateTimeOffset? ExpiresAt);
}

/// <summary>One group granted (or revoked) by itself.</summary>
internal readonly record struct SingleRight(Permission Permission, string Group, bool Granted);

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(SessionState))]
internal sealed partial class SessionStateJson : JsonSerializerContext;

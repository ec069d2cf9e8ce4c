namespace ActorSockets.Actors;

/// <summary>
/// Names that existing client libraries and SDKs put on the wire. They are used as they are because they have to be; nothing else
/// of ours is called so, and no other file spells them out.
/// </summary>
internal static class Compat
{
    /// <summary>Subprotocol: JSON frames.</summary>
    internal const string Json = "json.webpubsub.azure.v1";

    /// <summary>Subprotocol: JSON frames with sequence ids and recovery.</summary>
    internal const string ReliableJson = "json.reliable.webpubsub.azure.v1";

    /// <summary>Subprotocol: protobuf frames.</summary>
    internal const string Protobuf = "protobuf.webpubsub.azure.v1";

    /// <summary>Subprotocol: protobuf frames with sequence ids and recovery.</summary>
    internal const string ReliableProtobuf = "protobuf.reliable.webpubsub.azure.v1";

    /// <summary>Claim: groups that a session is in from its first moment.</summary>
    internal const string GroupClaim = "webpubsub.group";

    /// <summary>Claim: what a session may do.</summary>
    internal const string RoleClaim = "role";

    /// <summary>Role: join and leave any group; followed by a dot and a name, that group.</summary>
    internal const string JoinLeaveRole = "webpubsub.joinLeaveGroup";

    /// <summary>Role: join and leave the groups of a pattern, which follows a dot.</summary>
    internal const string JoinLeavePatternRole = "webpubsub.joinLeaveGroups";

    /// <summary>Role: send to any group; followed by a dot and a name, to that group.</summary>
    internal const string SendRole = "webpubsub.sendToGroup";

    /// <summary>Role: send to the groups of a pattern, which follows a dot.</summary>
    internal const string SendPatternRole = "webpubsub.sendToGroups";

    /// <summary>Query parameter of raw clients: what their messages mean.</summary>
    internal const string ModeParameter = "webpubsub_mode";

    /// <summary>Response header of the data plane: the error's code.</summary>
    internal const string ErrorCodeHeader = "x-ms-error-code";

    /// <summary>Query parameter: the id of a lost session that is taken up again.</summary>
    internal const string RecoveredConnectionParameter = "awps_connection_id";

    /// <summary>Query parameter: the token with which a lost session is taken up again.</summary>
    internal const string ReconnectionTokenParameter = "awps_reconnection_token";

    /// <summary>Header of every request to an upstream; the official middleware ignores a request without it.</summary>
    internal const string VersionHeader = "ce-awpsversion";

    /// <summary>Value of <see cref="VersionHeader"/>.</summary>
    internal const string Version = "1.0";

    /// <summary>Type of events that the gateway itself tells an upstream; the event's name follows.</summary>
    internal const string SystemEventType = "azure.webpubsub.sys.";

    /// <summary>Type of events that come from a client; the event's name follows.</summary>
    internal const string UserEventType = "azure.webpubsub.user.";
}

using System.Text.Json.Serialization;

namespace ActorSockets.Actors.Settings;

/// <summary>What happens when a connection limit is reached.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WhenFull>))]
public enum WhenFull
{
    /// <summary>The newcomer is refused.</summary>
    Refuse,

    /// <summary>The connection that is open longest makes room.</summary>
    CloseOldest,

    /// <summary>The connection that has been silent longest makes room.</summary>
    CloseIdlest,
}

/// <summary>What happens to a client that sends faster than its limit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WhenFast>))]
public enum WhenFast
{
    /// <summary>We stop reading for as long as it takes; TCP slows the client.</summary>
    Throttle,

    /// <summary>The session ends with <c>rate-limit</c>.</summary>
    Close,
}

/// <summary>What happens when a connection's outbound queue is full.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WhenSlow>))]
public enum WhenSlow
{
    /// <summary>The session ends with <c>slow-consumer</c>.</summary>
    Close,

    /// <summary>The oldest queued message is dropped and counted.</summary>
    DropOldest,

    /// <summary>The new message is dropped and counted.</summary>
    DropNewest,
}

/// <summary>Which direction's data messages keep a connection from being idle.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<IdleCounts>))]
public enum IdleCounts
{
    /// <summary>Data in either direction.</summary>
    Either,

    /// <summary>Only data from the client.</summary>
    Inbound,

    /// <summary>Only data to the client.</summary>
    Outbound,
}

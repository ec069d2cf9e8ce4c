using System.ComponentModel.DataAnnotations;
using System.Text;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Section <c>ActorSockets:Hubs:{hub}:EventHandlers:{n}</c>: an upstream, and the events that go to it. The first entry that takes an event gets it.</summary>
public sealed record EventHandlerOptions
{
    /// <summary><c>UrlTemplate</c>: http or https; <c>{hub}</c> and <c>{event}</c> are filled in, in path and query. May hold a secret in its query, so nobody shows it. Required.</summary>
    [Secret]
    public string? UrlTemplate { get; init; }

    /// <summary><c>SystemEvents</c>: which of them go there.</summary>
    public IReadOnlyList<SystemEvent> SystemEvents { get; init; } = [];

    /// <summary><c>UserEventPattern</c>: <c>*</c>, one event's name, or several separated by commas, in any case; null = none.</summary>
    public string? UserEventPattern { get; init; }

    /// <summary><c>Timeout</c>: for one event but <c>connect</c>, retries and the waits between them included. A time-out is not retried.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary><c>ConnectTimeout</c>: the same for <c>connect</c>, while a client waits for the answer to its upgrade.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:14")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>Retries</c>: further tries when the upstream cannot be reached or answers 408 or 5xx: after 1 s, 3 s, 5 s, and then every 5 s.</summary>
    [Range(0, 10)]
    public int Retries { get; init; } = 3;

    /// <summary><c>Origin</c>: the name under which this gateway asks for leave to call, as a host or <c>host:port</c>; null = the host of the first of <c>PublicEndpoints</c>, else of the public listener.</summary>
    public string? Origin { get; init; }

    // The compiler's text would carry the URL's secret into whatever log or exception prints this record.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append("SystemEvents = ").AppendJoin(",", SystemEvents).Append(", UserEventPattern = ").Append(UserEventPattern);
        return true;
    }
}

/// <summary>What a gateway tells an upstream by itself.</summary>
public enum SystemEvent
{
    /// <summary>A client wants in; the upstream decides.</summary>
    Connect,

    /// <summary>A session began.</summary>
    Connected,

    /// <summary>A session ended.</summary>
    Disconnected,
}

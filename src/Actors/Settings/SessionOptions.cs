using System.ComponentModel.DataAnnotations;

namespace ActorSockets.Actors.Settings;

/// <summary>Section <c>ActorSockets:Sessions</c>: sessions that outlive their sockets. Read at the start only.</summary>
public sealed record SessionOptions
{
    /// <summary>How long a session waits for its client after its socket was lost.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages of one session that its client has not acknowledged; a message is taken while there are fewer.</summary>
    [Range(1, 1_000_000)]
    public int BufferMessages { get; init; } = 1000;

    /// <summary>Bytes of them; a message is taken while there are fewer.</summary>
    [Range(1, 1_073_741_824)]
    public int BufferBytes { get; init; } = 16_777_216;

    /// <summary>Ack ids of one client of a JSON protocol that are remembered, so that a repetition is recognised.</summary>
    [Range(1, 1_000_000)]
    public int AckWindow { get; init; } = 1000;
}

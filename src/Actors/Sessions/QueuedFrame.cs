using System.Buffers.Text;
using ActorSockets.Actors.Connections;

namespace ActorSockets.Actors.Sessions;

/// <summary>One message that a client has not acknowledged yet.</summary>
/// <param name="Id">Its place in the session's sequence; it keeps it for ever, also on another node, or clients would take a repetition for news.</param>
/// <param name="Body">The frame without its id: a JSON object, shared with all other receivers.</param>
/// <param name="ExpiresAt">Not worth sending from then on; null = always worth it.</param>
internal readonly record struct QueuedFrame(ulong Id, ReadOnlyMemory<byte> Body, DateTimeOffset? ExpiresAt = null)
{
    private const int LongestId = 20;

    /// <summary>By how much a frame that goes out is longer than its body, at most.</summary>
    internal const int LongestLead = 34;

    private static ReadOnlySpan<byte> Lead => """{"sequenceId":"""u8;

    /// <summary>The frame as it goes out: the id is its first member.</summary>
    internal OutboundMessage ToMessage()
    {
        Span<byte> id = stackalloc byte[LongestId];
        Utf8Formatter.TryFormat(Id, id, out var digits);
        var body = Body.Span[1..];
        var frame = new byte[Lead.Length + digits + 1 + body.Length];
        Lead.CopyTo(frame);
        id[..digits].CopyTo(frame.AsSpan(Lead.Length));
        frame[Lead.Length + digits] = (byte)',';
        body.CopyTo(frame.AsSpan(Lead.Length + digits + 1));
        return new OutboundMessage(frame, IsText: true) { ExpiresAt = ExpiresAt, Kept = true };
    }
}

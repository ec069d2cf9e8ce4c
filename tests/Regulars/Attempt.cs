using System.Globalization;

namespace ActorSockets.Regulars;

/// <summary>One knock at the door and, where it opened, the visit that followed. Times are milliseconds since the program began.</summary>
/// <param name="Client">Which of them.</param>
/// <param name="Status">Of the answer; 0 when none came.</param>
/// <param name="AnsweredAt">When it came, or failed to.</param>
/// <param name="Wait">How long the client was told to stay away, and does: Retry-After of a refusal, the slot of a close.</param>
/// <param name="ClosedAt">When the visit ended; null while it lasts.</param>
/// <param name="Code">Of the close frame; null when the connection ended without one.</param>
/// <param name="Text">Of the close frame.</param>
public sealed record Attempt(int Client, int Status, long AnsweredAt, long? Wait = null, long? ClosedAt = null, int? Code = null, string Text = "")
{
    private const string Slot = "retry-after-ms=";

    /// <summary>It was let in and has not been closed.</summary>
    public bool IsHere => Status == 101 && ClosedAt is null;

    /// <summary>The moment that a close text names, counted from the close; null when it names none.</summary>
    public static long? SlotOf(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf(Slot, StringComparison.Ordinal);
        return at >= 0 && long.TryParse(text.AsSpan(at + Slot.Length), CultureInfo.InvariantCulture, out var slot) ? slot : null;
    }
}

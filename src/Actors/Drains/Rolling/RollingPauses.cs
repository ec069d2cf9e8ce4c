namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>How long a rolling drain was paused. Pure.</summary>
/// <param name="Before">In all pauses that are over.</param>
/// <param name="Since">When the present one began; null when there is none.</param>
internal sealed record RollingPauses(TimeSpan Before, DateTimeOffset? Since)
{
    internal static readonly RollingPauses None = new(TimeSpan.Zero, null);

    /// <param name="start">Of the drain: what is paused before that takes nothing away.</param>
    internal RollingPauses Begun(DateTimeOffset now, DateTimeOffset start) => this with { Since = now > start ? now : start };

    internal RollingPauses Ended(DateTimeOffset now) => new(By(now), null);

    /// <summary>All of it until now.</summary>
    internal TimeSpan By(DateTimeOffset now) => Since is { } since && now > since ? Before + (now - since) : Before;
}

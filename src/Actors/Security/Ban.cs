namespace ActorSockets.Actors.Security;

/// <summary>A ban in force.</summary>
/// <param name="Subject">Who.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="Reason">For operators; never sent to the client.</param>
public sealed record Ban(BanSubject Subject, DateTimeOffset Until, string? Reason)
{
    /// <summary>Who is connected stays: behind one address there may be many who did nothing.</summary>
    internal bool NewcomersOnly { get; init; }
}

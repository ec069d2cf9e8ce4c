using ActorSockets.Actors.Endings;

namespace ActorSockets.Actors.Sessions;

/// <summary>The application's side of a reliable session, which stays the same while transports come and go. Nothing here may throw or block.</summary>
internal interface ISessionClient
{
    /// <summary>The session is over, with or without a transport; once.</summary>
    void OnEnded(Ending ending);

    /// <summary>It ends at <paramref name="endsAt"/> unless it is extended.</summary>
    void OnSessionWarning(DateTimeOffset endsAt);

    /// <summary>
    /// The session is about to go to another node: finishes what is under way, and begins nothing before <see cref="Resume"/>. False when it takes longer than
    /// that; then nothing stands still.
    /// </summary>
    Task<bool> PauseAsync(CancellationToken longest);

    /// <summary>It stays; only after a pause.</summary>
    void Resume();

    /// <summary>What its handler keeps for it, as a text that means something to the same handler elsewhere; null = nothing.</summary>
    string? SaveState();
}

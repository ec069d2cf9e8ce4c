using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>What a session's actor decides about its going to another node: why it goes, how far that is, and what happens when it stays, or has gone. Pure.</summary>
/// <remarks>
/// <code>
///   Asked ──its turn has come──► Resting ──its client is at rest──► Parting ──its state is taken──► Given ──► it has gone, or stays
///     └──────────────────────────────┴───────────────────────────────┴──► it stays
/// </code>
/// </remarks>
/// <param name="request">The planned end that it goes for; null when its client wants it on another node.</param>
/// <param name="note">For the record.</param>
internal sealed class Departure(EndRequest? request, string? note)
{
    private readonly HashSet<string> _drains = new(StringComparer.Ordinal);
    private Stage _stage;
    private bool _isHurried;

    private enum Stage : byte
    {
        Asked,
        Resting,
        Parting,
        Given,
    }

    /// <summary>What becomes of a session that nobody takes.</summary>
    internal enum Staying : byte
    {
        GoesOn,

        /// <summary>Its client comes back to it here.</summary>
        LosesTransport,

        Ends,
    }

    internal EndRequest? Request => request;

    internal string? Note => note;

    /// <summary>It had a transport when it began to go.</summary>
    internal bool WasOpen { get; private set; }

    /// <summary>Its client's frames wait.</summary>
    internal bool IsPaused => _stage >= Stage.Parting;

    /// <summary>Another node may have it. Whoever does not know whether it has must not say that it ended.</summary>
    internal bool IsGiven => _stage == Stage.Given;

    /// <summary>Other drains that want it to go as well.</summary>
    internal IReadOnlyCollection<string> Drains => _drains;

    /// <summary>It is to go for another reason, too. Whoever ordered that hears what became of it.</summary>
    internal void Join(string? drain)
    {
        if (drain is not null && drain != request?.Drain) _drains.Add(drain);
    }

    internal void Rest(bool wasOpen) => (_stage, WasOpen) = (Stage.Resting, wasOpen);

    /// <summary>False when this was not waited for (any more).</summary>
    internal bool AtRest(bool isQuiet)
    {
        if (_stage != Stage.Resting) return false;
        if (isQuiet) _stage = Stage.Parting;
        return true;
    }

    internal void Give() => _stage = Stage.Given;

    /// <summary>The node that was about to take it is gone, and may have taken it.</summary>
    internal void Lose() =>
        request = new EndRequest(EndingCatalogue.NodeLost) { Code = SessionFate.BeginAnew, Explanation = "The node that took the session over was lost." };

    internal Staying WhenItStays(NodeSettings settings) =>
        request is null ? Staying.GoesOn
        : SessionFate.IsMove(request, settings) ? Staying.LosesTransport
        : Staying.Ends;

    /// <summary>The process ends: its transport is not waited for.</summary>
    internal void Hurry() => _isHurried = true;

    /// <summary>How its transport is closed when it lives elsewhere.</summary>
    internal (EndRequest Request, string? Note) WhenGone() => request is not null
        ? (_isHurried ? request with { Abort = true } : request, note)
        : (new EndRequest(EndingCatalogue.ConnectionLost) { Abort = true }, "the client came back on another node");
}

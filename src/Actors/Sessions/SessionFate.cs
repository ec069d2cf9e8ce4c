using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Sessions;

/// <summary>
/// What an end means for a reliable session: does it outlive its transport, and with which code is a client told that it did not?
/// The one place that decides it. Pure.
/// </summary>
internal static class SessionFate
{
    /// <summary>The code after which clients begin anew. After any other they try to recover, silently.</summary>
    internal const int BeginAnew = 1008;

    private const int Normal = 1000;
    private const int GoingAway = 1001;

    /// <summary>
    /// The transport goes, the session stays. Not when the process stops: on one node nobody could take the session over, and its client
    /// is better off if it hears so at once (in a cluster see <see cref="GoesElsewhere"/>). Nor with the code after which no client comes back, whoever chose it.
    /// </summary>
    internal static bool IsMove(EndRequest request, NodeSettings settings) =>
        request.Ending.Category == EndingCategory.Maintenance
        && request.Ending != EndingCatalogue.Shutdown
        && (request.Code ?? settings.CodeOf(request.Ending)) != BeginAnew;

    /// <summary>
    /// A planned end for which the session goes to another node, where there is one that takes it. Not for the end of a planned life: that spreads
    /// clients, and where its client comes back the session is fetched.
    /// </summary>
    internal static bool GoesElsewhere(EndRequest request, NodeSettings settings) =>
        !request.Abort
        && (request.Ending == EndingCatalogue.MaintenanceDrain || request.Ending == EndingCatalogue.Rebalance || request.Ending == EndingCatalogue.Shutdown)
        && (request.Code ?? settings.CodeOf(request.Ending)) != BeginAnew;

    /// <summary>The process ends now, whatever is on its way: it is decided at once on which node a session lives.</summary>
    internal static bool CannotWait(EndRequest request) => request.Abort && request.Ending == EndingCatalogue.Shutdown;

    /// <summary>The way to the client was lost, and nobody wanted that.</summary>
    internal static bool IsLoss(Ending ending) => ending == EndingCatalogue.ConnectionLost || ending == EndingCatalogue.KeepAliveTimeout;

    /// <summary>
    /// A normal close (also an empty one) means that the client is done, and so does a page that is left or loaded again: its client forgets
    /// the session, which would hold its slots for nobody.
    /// </summary>
    internal static bool IsLoss(ConnectionProtocol.PeerClosed closed) => closed.Code is not (Normal or GoingAway);

    /// <summary>The order as it is for a session that it destroys. Where the framing library has closed already, nothing more can be said.</summary>
    internal static EndRequest Destroying(EndRequest request) =>
        request.Ending.Code is null || (request.Ending.FramedByLibrary && request.Code is null) ? request : request with { Code = BeginAnew };
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;

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

    /// <summary>
    /// The transport goes, the session stays. Not when the process stops: on one node nobody could take the session over, and its client
    /// is better off if it hears so at once.
    /// </summary>
    internal static bool IsMove(EndRequest request) =>
        request.Ending.Category == EndingCategory.Maintenance && request.Ending != EndingCatalogue.Shutdown && request.Code != BeginAnew;

    /// <summary>The way to the client was lost, and nobody wanted that.</summary>
    internal static bool IsLoss(Ending ending) => ending == EndingCatalogue.ConnectionLost || ending == EndingCatalogue.KeepAliveTimeout;

    /// <summary>Only a normal close (also an empty one) means that the client is done; a browser that goes away may come back.</summary>
    internal static bool IsLoss(ConnectionProtocol.PeerClosed closed) => closed.Code != Normal;

    /// <summary>The order as it is for a session that it destroys. Where the framing library has closed already, nothing more can be said.</summary>
    internal static EndRequest Destroying(EndRequest request) =>
        request.Ending.Code is null || (request.Ending.FramedByLibrary && request.Code is null) ? request : request with { Code = BeginAnew };
}

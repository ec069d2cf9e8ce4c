using ActorSockets.Actors.Connections;
using ActorSockets.AspNetCore.Sockets;
using Akka.Actor;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>What an adapter does with an accepted decision: carry the session, or give its slot back.</summary>
internal static class SessionRun
{
    /// <summary>The 101 is out. Completes when the transport is gone and the adapter may let go of it; never throws.</summary>
    /// <remarks>Not async, and returned rather than awaited where possible: what waits here waits as long as the session.</remarks>
    internal static Task CarryAsync(UpgradeDecision.Accepted accepted, Stream stream, Action abort) =>
        accepted.Transport.RunAsync(stream, accepted.Head.Deflate, accepted.Actor, accepted.Sink, abort);

    /// <summary>There is no 101 and there will be none: the slot is free again.</summary>
    internal static void GiveBack(IActorRef connection, SocketTransport transport, string why)
    {
        connection.Tell(new ConnectionProtocol.UpgradeFailed(why), ActorRefs.NoSender);
        transport.UpgradeNeverHappened(connection);
    }
}

using ActorSockets.Actors.Connections;

namespace ActorSockets.Bench.Micro;

/// <summary>A transport of which only the time of its last activity is asked.</summary>
internal sealed class SilentTransport(long lastInbound) : IConnectionTransport
{
    public TransportActivity Activity => default(TransportActivity) with { LastInboundData = lastInbound };

    public SendOutcome TrySend(OutboundMessage message) => default;

    public void Close(CloseOrder order)
    {
        // Nobody is there.
    }

    public void WarnOfSessionEnd(DateTimeOffset endsAt)
    {
        // Nobody is there.
    }
}

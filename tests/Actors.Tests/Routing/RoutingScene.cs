using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;

namespace ActorSockets.Actors.Tests.Routing;

/// <summary>A transport that remembers what it was given.</summary>
internal sealed class ListeningTransport : IConnectionTransport
{
    public List<OutboundMessage> Sent { get; } = [];

    public SendOutcome Outcome { get; set; } = SendOutcome.Queued;

    public bool Throws { get; set; }

    public bool Breaks { get; set; }

    public TransportActivity Activity
    {
        get => Breaks ? throw new InvalidOperationException("broken transport") : field;
        set;
    }

    public SendOutcome TrySend(OutboundMessage message)
    {
        if (Throws) throw new InvalidOperationException("broken transport");
        lock (Sent) Sent.Add(message);
        return Outcome;
    }

    public void Close(CloseOrder order)
    {
    }

    public void WarnOfSessionEnd(DateTimeOffset endsAt)
    {
    }
}

internal static class RoutingScene
{
    internal static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static SessionInfo Session(string id, string hub = "chat", string? user = null, string ip = "10.0.0.1", string? subprotocol = null, string node = "n1", DateTimeOffset? at = null) =>
        new(new ConnectionId(id), node, hub, user, new ClientAddress(IPAddress.Parse(ip), false), subprotocol, at ?? Now);

    internal static Route Route(SessionInfo session, TransportActivity activity = default) => new(session, new ListeningTransport { Activity = activity });
}

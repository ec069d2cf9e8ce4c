using System.Net;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>The mark of one connection, and the clock that runs until its first request head is complete.</summary>
internal sealed class ListenerFeature(ListenerKind kind, string name, EndPoint? localEndPoint) : IListenerFeature
{
    private ITimer? _deadline;

    public ListenerKind Kind => kind;

    public string Name => name;

    public EndPoint? LocalEndPoint => localEndPoint;

    /// <summary>The connection has left HTTP, and with it the web server's own rates.</summary>
    public bool Upgraded { get; private set; }

    /// <summary>A switch of protocols is about to be written.</summary>
    public void Upgrade() => Upgraded = true;

    /// <summary>Starts the clock. To be called once, before anything is read.</summary>
    public void Expect(TimeProvider time, TimeSpan within, Action expired) =>
        _deadline = time.CreateTimer(static act => ((Action)act!)(), expired, within, Timeout.InfiniteTimeSpan);

    /// <summary>The first head is complete, or the connection is over. Free to call again, as every request does.</summary>
    public void HeadArrived()
    {
        if (Volatile.Read(ref _deadline) is not null) Interlocked.Exchange(ref _deadline, null)?.Dispose();
    }
}

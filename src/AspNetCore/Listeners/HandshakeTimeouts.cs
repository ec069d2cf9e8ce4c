using System.Net;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>Tells whoever counts refusals about connections that were closed before there was a request to refuse.</summary>
internal sealed class HandshakeTimeouts
{
    private Action<EndPoint?>? _expired;

    /// <summary>Calls back with the TCP peer; must return at once.</summary>
    public void OnExpired(Action<EndPoint?> callback) => _expired += callback;

    public void Raise(EndPoint? peer) => _expired?.Invoke(peer);
}

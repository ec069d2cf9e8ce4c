using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>Meets connections of public endpoints behind TLS and before the web server's HTTP/1.1.</summary>
internal interface IBeforeHttp
{
    /// <summary>Looks at what a connection begins with.</summary>
    /// <returns>The rest of the connection's life; or null when it is the web server's, with nothing consumed that was not answered.</returns>
    ValueTask<Task?> MeetAsync(ConnectionContext connection, ListenerFeature mark, KestrelServerLimits limits);
}

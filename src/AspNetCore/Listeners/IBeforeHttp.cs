using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>Meets connections of public endpoints behind TLS and before the web server's HTTP/1.1.</summary>
internal interface IBeforeHttp
{
    /// <summary>What runs in front of <paramref name="http"/>, which gets everything that is not taken, untouched.</summary>
    ConnectionDelegate Before(ConnectionDelegate http, KestrelServerLimits limits);
}

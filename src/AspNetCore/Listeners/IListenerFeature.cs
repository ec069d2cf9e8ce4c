using System.Net;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>The endpoint on which a connection came in; read with <c>HttpContext.Features.Get&lt;IListenerFeature&gt;()</c>.</summary>
public interface IListenerFeature
{
    /// <summary>Which routes it serves.</summary>
    ListenerKind Kind { get; }

    /// <summary>Its name under <c>Kestrel:Endpoints</c>.</summary>
    string Name { get; }

    /// <summary>Our side of the connection, or null where the transport has none.</summary>
    EndPoint? LocalEndPoint { get; }
}

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>Which routes an endpoint serves. Decided by the endpoint's name, never by a Host header, which anybody can write.</summary>
public enum ListenerKind
{
    /// <summary>WebSockets and the data plane. Endpoints with any other name are public too.</summary>
    Public,

    /// <summary>The admin API, health, metrics and the page to try it.</summary>
    Admin,
}

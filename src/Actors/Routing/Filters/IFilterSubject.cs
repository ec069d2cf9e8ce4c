namespace ActorSockets.Actors.Routing.Filters;

/// <summary>A connection as a filter sees it.</summary>
internal interface IFilterSubject
{
    /// <summary>Null for an anonymous client.</summary>
    string? UserId { get; }

    string ConnectionId { get; }

    /// <summary>The negotiated subprotocol, or null.</summary>
    string? Protocol { get; }

    int GroupCount { get; }

    bool IsIn(string group);
}

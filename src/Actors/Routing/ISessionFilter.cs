namespace ActorSockets.Actors.Routing;

/// <summary>A condition on sessions that a caller of the data plane wrote, made ready. Must not change; asked by the router for each candidate.</summary>
internal interface ISessionFilter
{
    /// <summary>As it was written, for another node to make ready again.</summary>
    string Text { get; }

    /// <summary>May look at <see cref="Route.Session"/> and <see cref="Route.Groups"/>. Must not throw.</summary>
    bool Matches(Route route);
}

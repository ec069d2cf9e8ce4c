namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>How long each step of a move may take. A healthy one takes milliseconds; these are for nodes that are slow or gone.</summary>
internal sealed record MovePatience
{
    /// <summary>For what the handler is doing for its client. It is not interrupted: where it takes longer, the session stays.</summary>
    public TimeSpan ToPause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Until the session's actor has given its state, <see cref="ToPause"/> included.</summary>
    public TimeSpan ToRest { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until another node has adopted it, a user slot included; after that another node is asked.</summary>
    public TimeSpan ToAdopt { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Until this node has heard what the other heard before it. What a node does not hear so long after another, it will not hear.</summary>
    public TimeSpan ToHear { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>After this long without an answer the tail is sent again.</summary>
    public TimeSpan SayAgain { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longer than whoever gives it waits, because that one decides: then a session that never came is forgotten.</summary>
    public TimeSpan ToArrive { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Until somebody says that it has the session that a client wants.</summary>
    public TimeSpan ToAnswer { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>From then until it is here.</summary>
    public TimeSpan ToCome { get; init; } = TimeSpan.FromSeconds(10);
}

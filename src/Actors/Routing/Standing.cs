namespace ActorSockets.Actors.Routing;

/// <summary>What a session has from its first moment, by its token or its connect handler.</summary>
/// <param name="Groups">Names checked by <see cref="GroupName"/>, at most <see cref="GroupName.MaxPerConnection"/>.</param>
/// <param name="Rights">Null = none.</param>
internal sealed record Standing(IReadOnlyList<string> Groups, SessionRights? Rights);

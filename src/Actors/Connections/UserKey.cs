namespace ActorSockets.Actors.Connections;

/// <summary>A user is always the pair of hub and user id; user ids are case-sensitive.</summary>
/// <param name="Hub">Lower-case hub name.</param>
/// <param name="UserId">The id from the token or the connect handler.</param>
public readonly record struct UserKey(string Hub, string UserId)
{
    /// <summary>The form used as a ban subject: <c>hub/id</c>.</summary>
    public override string ToString() => $"{Hub}/{UserId}";
}

using ActorSockets.Actors.Security;

namespace ActorSockets.Actors.Supervision;

/// <summary>What the policy decided. Nothing of it has happened yet.</summary>
/// <param name="Refusal">Why not, or null.</param>
/// <param name="Victims">Who makes room, and under which limit; empty with a refusal.</param>
/// <param name="Trips">Temporary bans that began with this question; also with a refusal.</param>
/// <param name="Owes">There is no room, but somebody could make some: once the connect handler wants this client.</param>
internal sealed record AdmissionVerdict(Refusal? Refusal, IReadOnlyList<Victim> Victims, IReadOnlyList<Ban> Trips, bool Owes = false)
{
    /// <summary>The user's limit counts over several nodes: its owner has to be asked for a slot, and then <see cref="AdmissionPolicy.JudgeGranted"/>.</summary>
    internal bool Claims { get; init; }
}

/// <summary>One connection that makes room under a limit: <c>node</c>, <c>hub</c>, <c>user</c> or <c>ip</c>.</summary>
internal readonly record struct Victim(Seat Seat, Tally Scope, string Limit);

/// <summary>The state of the node at the moment of a question. The supervisor alone publishes it; the gateway reads it to refuse cheaply.</summary>
internal sealed record NodeCondition(bool Accepting, bool UnderPressure, GuardSnapshot Guard)
{
    /// <summary>Not ready any more, but still accepting: the others are to notice first.</summary>
    public bool Leaving { get; init; }

    /// <summary>That of a node that has just started.</summary>
    internal static readonly NodeCondition Serving = new(true, false, GuardSnapshot.Empty);
}

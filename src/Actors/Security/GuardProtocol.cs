using ActorSockets.Actors.Cluster.Replication;
using Akka.Actor;

namespace ActorSockets.Actors.Security;

/// <summary>The conversation with the guard, the owner of bans and revocations. All messages stay on the node.</summary>
internal static class GuardProtocol
{
    internal interface IMessage : INoSerializationVerificationNeeded;

    /// <summary>
    /// Guard and supervisor know each other, so one of them is told later: this names who hears of every change. Answered to
    /// <paramref name="Supervisor"/> with <see cref="Supervision.SupervisorProtocol.GuardChanged"/>, the state of this moment.
    /// </summary>
    internal sealed record Attach(IActorRef Supervisor) : IMessage;

    /// <summary>Sets or replaces a ban. Answered with <see cref="Done"/> once it is in force and stored.</summary>
    internal sealed record PutBan(Ban Ban) : IMessage;

    /// <summary>Answered with <see cref="Done"/>; Changed is false when there was none.</summary>
    internal sealed record LiftBan(BanSubject Subject) : IMessage;

    /// <summary>Answered with <see cref="BanList"/>, in order of subject.</summary>
    internal sealed record ListBans : IMessage
    {
        internal static readonly ListBans Instance = new();
    }

    internal sealed record BanList(IReadOnlyList<Ban> Bans) : IMessage;

    /// <summary>Answered with <see cref="Done"/> once it is in force and stored.</summary>
    internal sealed record Revoke(Revocation Revocation) : IMessage;

    /// <summary>What other nodes wrote. Answered with <see cref="Adopted"/> once it is in force; it is stored later.</summary>
    internal sealed record Adopt(IReadOnlyList<RegisterEntry> Entries) : IMessage;

    internal sealed record Adopted : IMessage
    {
        internal static readonly Adopted Instance = new();
    }

    /// <param name="Changed">Whether anything was different before.</param>
    /// <param name="StoreFault">Why it could not be stored (it is in force all the same, and stored with the next change that can be), or null.</param>
    /// <param name="Refused">Why nothing was done: a bound was reached or the request made no sense; else null.</param>
    internal sealed record Done(bool Changed, string? StoreFault, string? Refused = null) : IMessage;
}

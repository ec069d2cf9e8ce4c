using System.Net;
using ActorSockets.Actors.Connections;
using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <summary>A seat with what the supervisor needs to know of its occupant.</summary>
internal sealed class SessionSeat(SessionInfo session, AdmissionQuestion question, long since) : Seat(session.Id, question.Reliable ?? question.Transport, since)
{
    internal SessionInfo Session { get; set; } = session;

    internal IActorRef Child { get; set; } = ActorRefs.Nobody;

    /// <summary>The address that bans judge.</summary>
    internal IPAddress Judged { get; set; } = question.Judged;

    /// <summary>The connect handler has not answered yet.</summary>
    internal bool AwaitsHandler { get; set; } = question.AwaitsHandler;

    /// <summary>Who waits for the answer while the user's owner is asked for a slot, or null.</summary>
    internal SlotWait? Wait { get; set; }

    /// <summary>The user's owner counts it.</summary>
    internal bool HoldsUserSlot { get; set; }

    /// <summary>The user's owner has given its slot to another; it is closing.</summary>
    internal bool PassedUserSlot { get; set; }

    /// <summary>The user's owner counts it and finds it one too many; a drain closes it, unless there is room before that.</summary>
    internal bool ExcessUserSlot { get; set; }

    /// <summary>The router knows it.</summary>
    internal bool Registered { get; set; }

    /// <summary>The session was announced as opened, so its end is announced too.</summary>
    internal bool Announced { get; set; }

    /// <summary>Null where counting by address is skipped.</summary>
    internal AddressKey? CountedAddress => Session.Address.IsShared ? null : Session.Address.Key;
}

/// <summary>An admission that waits for a user slot.</summary>
/// <param name="Asker">Gets the answer.</param>
/// <param name="Standing">The groups and rights that the session begins with, or null.</param>
internal sealed record SlotWait(IActorRef Asker, Routing.Standing? Standing, TokenFacts? Token);

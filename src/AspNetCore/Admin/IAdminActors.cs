using Akka.Actor;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>The actors that the admin API talks to, by their protocols only.</summary>
internal interface IAdminActors
{
    ActorSystem System { get; }

    /// <summary>Speaks <see cref="Actors.Supervision.SupervisorProtocol"/>.</summary>
    IActorRef Supervisor { get; }

    /// <summary>Speaks <see cref="Actors.Routing.RouterProtocol"/>.</summary>
    IActorRef Router { get; }

    /// <summary>Speaks <see cref="Actors.Endings.HistoryProtocol"/>.</summary>
    IActorRef Endings { get; }

    /// <summary>Speaks <see cref="Actors.Security.GuardProtocol"/>.</summary>
    IActorRef Guard { get; }

    /// <summary>Speaks <see cref="Actors.Drains.DrainProtocol"/>.</summary>
    IActorRef Drains { get; }

    /// <summary>Speaks <see cref="Actors.Drains.Rolling.RollingProtocol"/>; nobody without a cluster.</summary>
    IActorRef Rolling { get; }
}

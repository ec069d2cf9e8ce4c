using ActorSockets.Actors.Connections;
using Akka.Actor;

namespace ActorSockets.Actors.Supervision;

/// <summary>Makes one connection actor without reflection and without compiling an expression per connection.</summary>
internal sealed class ConnectionProducer(ConnectionSurroundings surroundings, SessionInfo session, IConnectionTransport transport, TokenFacts? token, float dice, DateTimeOffset? authorizedUntil = null)
    : IIndirectActorProducer
{
    public Type ActorType => typeof(ConnectionActor);

    public ActorBase Produce() => new ConnectionActor(surroundings, session, transport, token, dice, authorizedUntil ?? token?.ExpiresAt);

    public void Release(ActorBase actor)
    {
    }
}

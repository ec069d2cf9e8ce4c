using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Settings;
using Akka.Actor;

namespace ActorSockets.Actors.Drains.Rolling;

/// <summary>Rolling drains, as nodes keep them alike.</summary>
internal sealed class RollingReplica(Live<Register> register, IActorRef rolling) : IReplica
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string Name => RollingRegister.Name;

    public Register Current => register.Current;

    public Task MergeAsync(IReadOnlyList<RegisterEntry> entries) => rolling.Ask<RollingProtocol.Adopted>(new RollingProtocol.Adopt(entries), Patience);
}

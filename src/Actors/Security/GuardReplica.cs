using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Settings;
using Akka.Actor;

namespace ActorSockets.Actors.Security;

/// <summary>Bans and revocations, as nodes keep them alike.</summary>
internal sealed class GuardReplica(Live<GuardLedger> ledger, IActorRef guard) : IReplica
{
    internal const string Name = "guard";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    string IReplica.Name => Name;

    public Register Current => ledger.Current.Register;

    public Task MergeAsync(IReadOnlyList<RegisterEntry> entries) => guard.Ask<GuardProtocol.Adopted>(new GuardProtocol.Adopt(entries), Patience);
}

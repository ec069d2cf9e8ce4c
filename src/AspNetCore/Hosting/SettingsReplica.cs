using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>What the admin API set, as nodes keep it alike.</summary>
internal sealed class SettingsReplica(LiveSettings settings) : IReplica
{
    internal const string Name = "settings";

    string IReplica.Name => Name;

    public Register Current => settings.Register;

    public Task MergeAsync(IReadOnlyList<RegisterEntry> entries) => settings.MergeAsync(entries);
}

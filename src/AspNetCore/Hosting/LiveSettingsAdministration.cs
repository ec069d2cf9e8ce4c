using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSockets.AspNetCore.Admin;
using ActorSockets.AspNetCore.Configuration;

namespace ActorSockets.AspNetCore.Hosting;

/// <summary>The admin API's view of the live settings.</summary>
internal sealed class LiveSettingsAdministration(LiveSettings settings) : ISettingsAdministration
{
    public JsonObject Describe() => settings.Describe();

    public async Task<SettingsChange> PutAsync(JsonElement body, CancellationToken cancellation) => Of(await settings.PutAsync(body, cancellation));

    public async Task<SettingsChange> DeleteAsync(CancellationToken cancellation) => Of(await settings.DeleteAsync(cancellation));

    private static SettingsChange Of(PutResult result) =>
        new([.. result.Faults.Select(f => new SettingsChangeFault(f.Key, f.WithoutKey))], result.Changed, result.StoreFault);
}

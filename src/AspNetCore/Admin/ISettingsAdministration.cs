using System.Text.Json;
using System.Text.Json.Nodes;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>The settings that may be changed while nodes run.</summary>
internal interface ISettingsAdministration
{
    /// <summary>What is in force, and what of it was set by the API. Secrets are left out.</summary>
    JsonObject Describe();

    /// <summary>Checks everything first; with any fault nothing is changed.</summary>
    Task<SettingsChange> PutAsync(JsonElement settings, CancellationToken cancellation);

    /// <summary>Forgets what was set by the API; the files apply again.</summary>
    Task<SettingsChange> DeleteAsync(CancellationToken cancellation);
}

/// <param name="Faults">Empty = in force.</param>
/// <param name="Changed">Keys whose value is different now, for the audit log; never values.</param>
/// <param name="StoreFault">Why it will not survive a restart (it is in force all the same), or null.</param>
internal sealed record SettingsChange(IReadOnlyList<SettingsChangeFault> Faults, IReadOnlyList<string> Changed, string? StoreFault = null);

/// <param name="Key">As written in the configuration, e.g. <c>Limits:MaxConnections</c>.</param>
/// <param name="Message">What was wrong and what is allowed.</param>
internal sealed record SettingsChangeFault(string Key, string Message);

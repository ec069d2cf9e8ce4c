using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>
/// The last source of the configuration: what the admin API set wins over files, environment and command line. Unlike other
/// sources it can hide keys of earlier ones, because a list of one entry must not keep the second entry of the file.
/// </summary>
internal sealed class SettingsOverrides : ConfigurationProvider, IConfigurationSource
{
    private readonly ConcurrentDictionary<FileConfigurationProvider, string> _broken = new();
    private readonly OverrideFile _file;
    private string[] _lists = [];

    private SettingsOverrides(OverrideFile file) => _file = file;

    /// <summary>What is set.</summary>
    public OverrideSet Current { get; private set; } = OverrideSet.Empty;

    /// <summary>What is set and what was taken back, with stamps; where nodes agree on settings, also what is not in force here.</summary>
    public OverrideLedger Ledger { get; set; } = OverrideLedger.Empty;

    /// <summary>Files of the configuration that could not be read when they changed. Their keys are missing, so nothing may be judged by them.</summary>
    public IReadOnlyList<ConfigurationFault> UnreadableFiles =>
        [.. _broken.Where(b => !b.Key.GetChildKeys([], null).Any()).Select(b => new ConfigurationFault(b.Key.Source.Path ?? "configuration file", null, $"cannot be read: {b.Value}"))];

    /// <summary>Reads the saved overrides and puts them last. To be called when all other sources are there.</summary>
    /// <exception cref="ConfigurationFaultException">The file of the overrides, or one of the configuration, cannot be used.</exception>
    public static SettingsOverrides Attach(IConfigurationManager configuration, string contentRoot)
    {
        var state = new StateOptions();
        var path = configuration[$"{GatewayConfiguration.SectionName}:State:Path"];
        if (!string.IsNullOrWhiteSpace(path)) state = state with { Path = path };
        var file = new OverrideFile(state.Directory(contentRoot));
        var overrides = new SettingsOverrides(file);
        overrides.Ledger = file.Load();
        overrides.Replace(overrides.Ledger.Set);
        configuration.SetFileLoadExceptionHandler(overrides.OnUnreadable);
        configuration.Add(overrides);
        return overrides.UnreadableFiles is { Count: > 0 } faults ? throw new ConfigurationFaultException(faults) : overrides;
    }

    /// <summary>Puts another set in place, without telling anybody: the caller judges the result first.</summary>
    public void Replace(OverrideSet overrides)
    {
        var data = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in overrides.Values)
        {
            var full = $"{GatewayConfiguration.SectionName}:{key}";
            data[full] = value.Text ?? "";
            for (var i = 0; i < value.Items.Length; i++) data[$"{full}:{i}"] = value.Items[i];
        }

        Current = overrides;
        Data = data;
        _lists = [.. overrides.Values.Where(v => v.Value.IsList).Select(v => $"{GatewayConfiguration.SectionName}:{v.Key}")];
    }

    /// <summary>Writes what is set to the state directory.</summary>
    public Task SaveAsync(CancellationToken cancellation) => _file.SaveAsync(Ledger, cancellation);

    /// <summary>Tells everybody who watches the configuration.</summary>
    public void Announce() => OnReload();

    /// <inheritdoc/>
    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <inheritdoc/>
    public override bool TryGet(string key, [MaybeNull] out string? value) =>
        base.TryGet(key, out value) || Array.Exists(_lists, list => IsBelow(key, list));

    /// <inheritdoc/>
    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath) =>
        base.GetChildKeys(parentPath is not null && Array.Exists(_lists, list => IsBelow(parentPath, list) || list.Equals(parentPath, StringComparison.OrdinalIgnoreCase)) ? [] : earlierKeys, parentPath);

    /// <inheritdoc/>
    public override void Set(string key, string? value)
    {
        // Whoever writes to the configuration writes to all its sources; only the API writes here.
    }

    private static bool IsBelow(string key, string list) =>
        key.Length > list.Length && key[list.Length] == ':' && key.StartsWith(list, StringComparison.OrdinalIgnoreCase);

    // The default is to throw in a thread of the file watcher and to leave the keys empty, as if all hubs had been taken out.
    private void OnUnreadable(FileLoadExceptionContext context)
    {
        _broken[context.Provider] = (context.Exception.InnerException ?? context.Exception).Message;
        context.Ignore = true;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>
/// The settings in force and the only writer of them: a reload of the configuration and an order of the admin API go the same
/// way, are judged whole, and either replace everything or change nothing.
/// </summary>
internal sealed partial class LiveSettings : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly IConfiguration _configuration;
    private readonly SettingsOverrides _overrides;
    private readonly Func<LoadResult> _load;
    private readonly ILogger<LiveSettings> _logger;
    private readonly IDisposable _reload;
    private readonly HybridClock? _clock;
    private readonly TimeProvider _time;
    private Action? _changed;
    private Action<IReadOnlyList<RegisterEntry>>? _written;
    private ConfigurationSnapshot _seen;
    private ConfigurationSnapshot _kestrel;
    private ConfigurationSnapshot? _refused;

    /// <param name="clock">Stamps what the API sets, where other nodes are to have it too; null on a node without cluster.</param>
    public LiveSettings(
        IConfiguration configuration, SettingsOverrides overrides, LoadResult initial, Func<LoadResult> load, ILogger<LiveSettings> logger, HybridClock? clock = null, TimeProvider? time = null)
    {
        (_configuration, _overrides, _load, _logger, _clock, _time) = (configuration, overrides, load, logger, clock, time ?? TimeProvider.System);
        if (clock is not null)
            foreach (var entry in overrides.Ledger.Register.All) clock.See(entry.Stamp);
        initial.OrThrow();
        Node = new Live<NodeSettings>(initial.Settings);
        Options = new Live<ActorSocketsOptions>(initial.Options);
        (_seen, _kestrel) = (Ours(), Kestrel());
        foreach (var warning in initial.Warnings) LogDoubtful(_logger, warning);
        _reload = ChangeToken.OnChange(configuration.GetReloadToken, () => _ = ReloadAsync());
    }

    /// <summary>For those who count, limit and time.</summary>
    public Live<NodeSettings> Node { get; }

    /// <summary>For those who admit, authenticate and serve.</summary>
    public Live<ActorSocketsOptions> Options { get; }

    /// <summary>Calls back after every change, on the thread that made it; must return at once.</summary>
    public void OnChange(Action callback) => _changed += callback;

    /// <summary>Calls back with what the API set on this node, for the others; must return at once.</summary>
    public void OnWritten(Action<IReadOnlyList<RegisterEntry>> callback) => _written += callback;

    /// <summary>What the API set on any node, as the nodes tell each other.</summary>
    public Register Register => _overrides.Ledger.Register;

    /// <summary>Lays a document over what the API set before. Judged whole; with any fault nothing changes.</summary>
    public Task<PutResult> PutAsync(JsonElement body, CancellationToken cancellation)
    {
        var faults = new FaultList();
        return ReplaceAsync(current => current.Merge(body, faults), faults, cancellation);
    }

    /// <summary>Forgets what the API set; the configuration applies again.</summary>
    public Task<PutResult> DeleteAsync(CancellationToken cancellation) => ReplaceAsync(_ => OverrideSet.Empty, new FaultList(), cancellation);

    /// <summary>The values in force without secrets, and <c>fromApi</c>: the keys that the API set.</summary>
    public JsonObject Describe() => SettingsDescription.Of(Options.Current, _overrides.Current);

    /// <inheritdoc/>
    public void Dispose()
    {
        _reload.Dispose();
        _gate.Dispose();
    }

    private async Task<PutResult> ReplaceAsync(Func<OverrideSet, OverrideSet> change, FaultList bodyFaults, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var after = change(_overrides.Ledger.Set);
            var loaded = Try(_overrides.Current, after);
            if (bodyFaults.All.Count > 0 || !loaded.IsValid)
                return new PutResult([.. bodyFaults.All.Concat(loaded.Faults).Distinct()], [], null);

            // From here on the change is made; a caller who goes away must not leave it half made.
            IReadOnlyList<RegisterEntry> written = [];
            _overrides.Ledger = _clock is null ? OverrideLedger.Empty with { Set = after } : _overrides.Ledger.Write(after, _clock.Next, _time.GetUtcNow(), out written);
            _overrides.Replace(after);
            var changed = Publish(loaded);
            if (written.Count > 0) _written?.Invoke(written);
            var storeFault = await StoreAsync();
            _overrides.Announce();
            return new PutResult([], changed, storeFault);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Takes over what the API set on other nodes. Where this node's own configuration contradicts it, what was in force stays so here, and
    /// the contradiction is logged; what was set is kept and told on all the same.
    /// </summary>
    public async Task MergeAsync(IReadOnlyList<RegisterEntry> entries)
    {
        await _gate.WaitAsync();
        try
        {
            foreach (var entry in entries) _clock?.See(entry.Stamp);
            var merged = _overrides.Ledger.Merge(entries, _time.GetUtcNow());
            if (ReferenceEquals(merged, _overrides.Ledger)) return;
            _overrides.Ledger = merged;
            var loaded = Try(_overrides.Current, merged.Set);
            foreach (var fault in loaded.Faults) LogContradicted(_logger, fault.ToString());
            if (loaded.IsValid)
            {
                _overrides.Replace(merged.Set);
                Publish(loaded);
            }

            await StoreAsync();
            if (loaded.IsValid) _overrides.Announce();
        }
        finally
        {
            _gate.Release();
        }
    }

    // What a set of overrides means can only be read through the whole configuration, so it takes its place for a moment.
    private LoadResult Try(OverrideSet before, OverrideSet candidate)
    {
        _overrides.Replace(candidate);
        try
        {
            return Load();
        }
        finally
        {
            _overrides.Replace(before);
        }
    }

    private async Task<string?> StoreAsync()
    {
        try
        {
            await _overrides.SaveAsync(CancellationToken.None);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogNotStored(_logger, failure.Message);
            return failure.Message;
        }
    }

    private async Task ReloadAsync()
    {
        await _gate.WaitAsync();
        try
        {
            var kestrel = Kestrel();
            LogRestart(kestrel.ChangedFrom(_kestrel).Select(key => $"Kestrel:{key}"));
            _kestrel = kestrel;
            var loaded = Load();
            var now = Ours();
            // A file watcher reports one edit several times.
            var known = loaded.IsValid ? _seen : _refused;
            _refused = loaded.IsValid ? null : now;
            if (known is not null && now.ChangedFrom(known).Count == 0) return;
            foreach (var fault in loaded.Faults) LogRefused(_logger, fault.ToString());
            if (loaded.IsValid) Publish(loaded);
        }
        finally
        {
            _gate.Release();
        }
    }

    private LoadResult Load()
    {
        var loaded = _load();
        var faults = _overrides.UnreadableFiles.Concat(loaded.Faults).ToList();
        // A deleted or half-written file looks like a configuration without a single hub.
        if (loaded.Options.Hubs.Count == 0 && Options.Current.Hubs.Count > 0)
            faults.Add(new($"{GatewayConfiguration.SectionName}:Hubs", null, "has no hub any more; restart to run without"));
        return loaded with { Faults = faults };
    }

    private List<string> Publish(LoadResult loaded)
    {
        var now = Ours();
        var changed = now.ChangedFrom(_seen);
        _seen = now;
        LogRestart(changed.Where(key => !IsLive(key)).Select(key => $"{GatewayConfiguration.SectionName}:{key}"));
        foreach (var warning in loaded.Warnings) LogDoubtful(_logger, warning);
        var (options, node) = (Options.Current, Node.Current);
        Options.Publish(loaded.Options with { State = options.State, Cluster = options.Cluster, Sessions = options.Sessions, Endings = options.Endings, Upgrade = options.Upgrade, AudienceCheck = options.AudienceCheck });
        Node.Publish(loaded.Settings with { EndingCodes = node.EndingCodes, Sessions = node.Sessions });
        var live = changed.Where(IsLive).ToList();
        LogChanged(_logger, string.Join(", ", live));
        _changed?.Invoke();
        return live;
    }

    private void LogRestart(IEnumerable<string> keys)
    {
        foreach (var key in keys) LogRestartNeeded(_logger, key);
    }

    private static bool IsLive(string key) => OverrideSet.IsLive(key);

    private ConfigurationSnapshot Ours() => ConfigurationSnapshot.Of(_configuration.GetSection(GatewayConfiguration.SectionName));

    private ConfigurationSnapshot Kestrel() => ConfigurationSnapshot.Of(_configuration.GetSection("Kestrel"));
}

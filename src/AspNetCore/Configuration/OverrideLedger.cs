using System.Collections.Immutable;
using System.Text.Json;
using ActorSockets.Actors.Cluster.Replication;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>
/// What the API set, as entries of a <see cref="Actors.Cluster.Replication.Register"/>, one per key: two nodes that are told different things at
/// the same time come to the same, and neither loses what the other was told of another key. Immutable.
/// </summary>
internal sealed record OverrideLedger(OverrideSet Set, Register Register)
{
    public static readonly OverrideLedger Empty = new(OverrideSet.Empty, Register.Empty);

    /// <summary>Longer than a node should be away: one that comes back later may bring back what was taken back meanwhile.</summary>
    private static readonly TimeSpan TakenBackIsRemembered = TimeSpan.FromDays(30);

    public bool IsEmpty => Set.Values.IsEmpty && Register.Count == 0;

    /// <summary>What was stored. What has no stamp is older than all that has one.</summary>
    public static OverrideLedger Of(OverrideSet set, Dictionary<string, Stamp> stamps, Dictionary<string, (Stamp Stamp, DateTimeOffset Until)> takenBack)
    {
        var entries = set.Values.Select(v => EntryOf(v.Key, v.Value, stamps.GetValueOrDefault(KeyOf(v.Key), Stamp.None)))
            .Concat(takenBack.Select(t => new RegisterEntry(t.Key, t.Value.Stamp, null, t.Value.Until)));
        return new OverrideLedger(set, Register.Empty.Merge(entries, DateTimeOffset.MinValue, out _));
    }

    /// <summary>Another set, and what that means for each key.</summary>
    public OverrideLedger Write(OverrideSet after, Func<Stamp> stamp, DateTimeOffset now, out IReadOnlyList<RegisterEntry> written)
    {
        var set = after.Values.Where(v => !Set.Values.TryGetValue(v.Key, out var before) || !before.IsSame(v.Value)).Select(v => EntryOf(v.Key, v.Value, stamp()));
        var takenBack = Set.Values.Keys.Where(k => !after.Values.ContainsKey(k)).Select(k => new RegisterEntry(KeyOf(k), stamp(), null, now + TakenBackIsRemembered));
        written = [.. set, .. takenBack];
        return new OverrideLedger(after, Register.WithoutExpired(now).Merge(written, DateTimeOffset.MinValue, out _));
    }

    /// <summary>Takes over what other nodes wrote later.</summary>
    public OverrideLedger Merge(IReadOnlyList<RegisterEntry> entries, DateTimeOffset now)
    {
        var register = Register.Merge(entries, now, out var taken);
        if (taken.Count == 0) return this;
        var values = OverrideSet.Empty.Values.ToBuilder();
        foreach (var entry in register.All)
            if (TryRead(entry, out var key, out var value)) values[key] = value;
        return new OverrideLedger(new OverrideSet(values.ToImmutable()), register);
    }

    private static string KeyOf(string path) => path.ToUpperInvariant();

    private static RegisterEntry EntryOf(string path, OverrideSet.Value value, Stamp stamp) =>
        new(KeyOf(path), stamp, JsonSerializer.Serialize(new Written(path, value.Text, value.IsList ? [.. value.Items] : null)), DateTimeOffset.MaxValue);

    /// <summary>A key that cannot change on a running node comes from no API.</summary>
    private static bool TryRead(RegisterEntry entry, out string key, out OverrideSet.Value value)
    {
        (key, value) = ("", new OverrideSet.Value(null, []));
        if (entry.Value is null) return false;
        try
        {
            if (JsonSerializer.Deserialize<Written>(entry.Value) is not { Path: { } path } written || !OverrideSet.IsLive(path)) return false;
            (key, value) = (path, new OverrideSet.Value(written.Text, [.. written.Items ?? []]));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Written(string? Path, string? Text, IReadOnlyList<string>? Items);
}

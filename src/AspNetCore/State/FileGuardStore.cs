using System.Text.Json;
using System.Text.Json.Serialization;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;

namespace ActorSockets.AspNetCore.State;

/// <summary>
/// Bans and revocations in <c>bans.json</c> of <c>State:Path</c>, an <see cref="OwnerFile"/>: it names users and addresses.
/// </summary>
internal sealed class FileGuardStore(string directory) : IGuardStore
{
    internal const string FileName = "bans.json";
    private const int Version = 1;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private string Target => Path.Combine(directory, FileName);

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is there and cannot be used; the message says which and what to do.</exception>
    public GuardState Load()
    {
        try
        {
            using var file = new FileStream(Target, FileMode.Open, FileAccess.Read, FileShare.Read);
            return Read(JsonSerializer.Deserialize<Document>(file, Json) ?? throw new JsonException("The file is empty."));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return GuardState.Empty;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            // Starting without the bans would let in whom an operator locked out.
            throw new InvalidDataException(
                $"The bans and revocations in '{Path.GetFullPath(Target)}' cannot be read: {e.Message} Restore the file from a backup, make it readable for this user, or move it away to start without bans.",
                e);
        }
    }

    /// <inheritdoc/>
    public Task SaveAsync(GuardState state, CancellationToken cancellation) =>
        OwnerFile.ReplaceAsync(Target, stream => JsonSerializer.SerializeAsync(stream, Write(state), Json, cancellation), cancellation);

    private static Document Write(GuardState state) => new(
        Version,
        [.. state.Bans.Select(b => new BanEntry(b.Subject.ToString(), b.Until, b.Reason) { NewcomersOnly = b.NewcomersOnly, Stamp = StampOf(state, GuardEntries.KeyOf(b.Subject)), KeptUntil = KeptUntil(state, b) })],
        [.. state.Revocations.Select(r => new RevocationEntry(r.User?.Hub, r.User?.UserId, r.TokenId, r.IssuedBefore, r.Until) { Stamp = StampOf(state, GuardEntries.KeyOf(r)) })])
    {
        Lifted = state.Lifted.Count == 0 ? null : [.. state.Lifted.Select(l => new LiftedEntry(l.Key, l.Stamp.ToString(), l.Until))],
    };

    private static string? StampOf(GuardState state, string key) => state.Stamps.TryGetValue(key, out var stamp) ? stamp.ToString() : null;

    private static DateTimeOffset? KeptUntil(GuardState state, Ban ban) => state.KeptUntil.TryGetValue(GuardEntries.KeyOf(ban.Subject), out var until) ? until : null;

    private static GuardState Read(Document document)
    {
        if (document.Version != Version) throw new FormatException($"Its version is {document.Version}, this release reads version {Version}.");
        if (document.Bans is null || document.Revocations is null) throw new FormatException("It lacks 'bans' or 'revocations'.");
        var stamps = new Dictionary<string, Stamp>();
        Ban[] bans = [.. document.Bans.Select(b => Stamped(Read(b), static ban => GuardEntries.KeyOf(ban.Subject), b!.Stamp, stamps))];
        Revocation[] revocations = [.. document.Revocations.Select(r => Stamped(Read(r), static revocation => GuardEntries.KeyOf(revocation), r!.Stamp, stamps))];
        var kept = bans.Zip(document.Bans, (ban, entry) => (Key: GuardEntries.KeyOf(ban.Subject), entry!.KeptUntil)).Where(k => k.KeptUntil is not null).DistinctBy(k => k.Key).ToDictionary(k => k.Key, k => k.KeptUntil!.Value);
        return new GuardState(bans, revocations) { Stamps = stamps, KeptUntil = kept, Lifted = [.. (document.Lifted ?? []).Select(Read)] };
    }

    private static T Stamped<T>(T value, Func<T, string> keyOf, string? text, Dictionary<string, Stamp> stamps)
    {
        if (text is not null) stamps[keyOf(value)] = ReadStamp(text);
        return value;
    }

    private static RegisterEntry Read(LiftedEntry? entry) =>
        entry?.Key is null ? throw new FormatException("A lifted ban has no key.") : new RegisterEntry(entry.Key, ReadStamp(entry.Stamp), null, entry.Until);

    private static Stamp ReadStamp(string? text) => Stamp.Parse(text) ?? throw new FormatException($"'{text}' is no stamp.");

    private static Ban Read(BanEntry? entry) =>
        entry is not null && BanSubject.TryParse(entry.Subject, out var subject)
            ? new Ban(subject, entry.Until, entry.Reason) { NewcomersOnly = entry.NewcomersOnly }
            : throw new FormatException($"A ban has no valid subject; allowed: {BanSubject.Allowed}.");

    private static Revocation Read(RevocationEntry? entry)
    {
        if (entry is null || (entry.Hub is null) != (entry.User is null)) throw new FormatException("A revocation has a hub without a user or a user without a hub.");
        var user = entry.Hub is null ? (UserKey?)null : new UserKey(entry.Hub, entry.User!);
        var revocation = new Revocation(user, entry.TokenId, entry.IssuedBefore, entry.Until);
        return revocation.IsWellFormed ? revocation : throw new FormatException("A revocation must name a user and a time, a token id, or a time.");
    }

    /// <summary>What came later than version 1 is optional and left out where it says nothing, so that releases before it read the file too.</summary>
    private sealed record Document(int Version, IReadOnlyList<BanEntry>? Bans, IReadOnlyList<RevocationEntry>? Revocations)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public IReadOnlyList<LiftedEntry>? Lifted { get; init; }
    }

    private sealed record BanEntry(string? Subject, DateTimeOffset Until, string? Reason)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool NewcomersOnly { get; init; }

        /// <summary>Where that is after its end.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public DateTimeOffset? KeptUntil { get; init; }

        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Stamp { get; init; }
    }

    private sealed record RevocationEntry(string? Hub, string? User, string? TokenId, DateTimeOffset? IssuedBefore, DateTimeOffset Until)
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Stamp { get; init; }
    }

    private sealed record LiftedEntry(string? Key, string? Stamp, DateTimeOffset Until);
}

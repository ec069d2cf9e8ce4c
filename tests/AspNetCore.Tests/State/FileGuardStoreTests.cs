using System.Net;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using ActorSockets.AspNetCore.State;

namespace ActorSockets.AspNetCore.Tests.State;

public sealed class FileGuardStoreTests : IDisposable
{
    private static readonly DateTimeOffset Until = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly GuardState State = new(
        [
            new Ban(BanSubject.Of(IPNetwork.Parse("203.0.113.0/24")), Until, "scans"),
            new Ban(BanSubject.Of(IPNetwork.Parse("2001:db8::/64")), Until, null),
            new Ban(BanSubject.Of(new UserKey("chat", "a/b \"ü\"")), Until, null),
        ],
        [
            new Revocation(new UserKey("chat", "ann"), null, Until.AddDays(-1), Until),
            new Revocation(null, "jti", null, Until),
            new Revocation(null, null, Until.AddDays(-1), Until),
        ]);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), "guard-store-" + Guid.NewGuid().ToString("N"), "state");

    private string Target => Path.Combine(_directory, FileGuardStore.FileName);

    [Fact]
    public void Nothing_stored_is_nothing_banned() => Assert.Same(GuardState.Empty, new FileGuardStore(_directory).Load());

    [Fact]
    public async Task What_was_saved_is_loaded()
    {
        var store = new FileGuardStore(_directory);
        await store.SaveAsync(GuardState.Empty, default);
        await store.SaveAsync(State, default);
        var loaded = new FileGuardStore(_directory).Load();
        Assert.Equal(State.Bans, loaded.Bans);
        Assert.Equal(State.Revocations, loaded.Revocations);
        Assert.Equal([Target], Directory.GetFiles(_directory));
        Assert.Contains("\"version\": 1", await File.ReadAllTextAsync(Target), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_nodes_need_to_come_to_the_same_is_stored_too_and_only_where_there_is_any()
    {
        var store = new FileGuardStore(_directory);
        await store.SaveAsync(State, default);
        var plain = await File.ReadAllTextAsync(Target);
        Assert.DoesNotContain("stamp", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("lifted", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("keptUntil", plain, StringComparison.Ordinal);

        var clock = new HybridClock("tag", TimeProvider.System);
        var ledger = GuardLedger.FromState(State).With(new Ban(BanSubject.Of(new UserKey("chat", "eve")), Until, "flapping") { NewcomersOnly = true }, clock.Next(), Until.AddDays(-1));
        ledger = ledger.Without(State.Bans[0].Subject, clock.Next(), Until.AddDays(-1));
        ledger = ledger.With(State.Bans[1] with { Until = Until.AddHours(-1) }, clock.Next(), Until.AddDays(-1));
        await store.SaveAsync(ledger.ToState(), default);

        var loaded = GuardLedger.FromState(store.Load());
        Assert.Equal(ledger.Register.All.OrderBy(e => e.Key, StringComparer.Ordinal), loaded.Register.All.OrderBy(e => e.Key, StringComparer.Ordinal));
        Assert.Equal(ledger.Guard.Bans.All.ToHashSet(), loaded.Guard.Bans.All.ToHashSet());
    }

    [SkippableFact]
    public async Task Only_the_owner_may_read_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "skipped: no file modes on Windows");
        await new FileGuardStore(_directory).SaveAsync(State, default);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"bans":[],"revocations":[]}""")]
    [InlineData("""{"bans":[],"revocations":[]}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"bans":[null],"revocations":[]}""")]
    [InlineData("""{"version":1,"bans":[{"subject":"ip:1.2.3.4/99","until":"2026-01-01T00:00:00Z"}],"revocations":[]}""")]
    [InlineData("""{"version":1,"bans":[],"revocations":[{"until":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"bans":[],"revocations":[{"hub":"chat","tokenId":"x","until":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"bans":[{"subject":"ip:1.2.3.4","until":"soon"}],"revocations":[]}""")]
    [InlineData("""{"version":1,"bans":[{"subject":"ip:1.2.3.4","until":"2026-01-01T00:00:00Z","stamp":"yesterday"}],"revocations":[]}""")]
    [InlineData("""{"version":1,"bans":[],"revocations":[],"lifted":[{"key":"ban:x","until":"2026-01-01T00:00:00Z"}]}""")]
    [InlineData("""{"version":1,"bans":[],"revocations":[],"lifted":[null]}""")]
    public async Task A_file_that_cannot_be_used_says_where_it_is_and_what_to_do(string content)
    {
        Directory.CreateDirectory(_directory);
        await File.WriteAllTextAsync(Target, content);
        var fault = Assert.Throws<InvalidDataException>(() => new FileGuardStore(_directory).Load());
        Assert.Contains(Target, fault.Message, StringComparison.Ordinal);
        Assert.Contains("move it away", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_or_failed_save_leaves_the_old_file()
    {
        var store = new FileGuardStore(_directory);
        await store.SaveAsync(State, default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.SaveAsync(GuardState.Empty, new CancellationToken(true)));
        Assert.Equal(3, store.Load().Bans.Count);
        File.Delete(Target + ".new");
        Directory.CreateDirectory(Target + ".new");
        await Assert.ThrowsAnyAsync<Exception>(() => store.SaveAsync(GuardState.Empty, default));
        Assert.Equal(3, store.Load().Bans.Count);
    }

    public void Dispose()
    {
        var parent = Path.GetDirectoryName(_directory)!;
        if (Directory.Exists(parent)) Directory.Delete(parent, recursive: true);
    }
}

using System.Net;
using ActorSockets.Actors.Cluster.Replication;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using CsCheck;

namespace ActorSockets.Actors.Tests.Security;

/// <summary>What is in force on nodes that are told the same orders in different ways.</summary>
public sealed class GuardLedgerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<Action<Node>> Orders = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[1, 5]).Select<(int, int, int), Action<Node>>(o => node =>
    {
        var (kind, who, days) = o;
        if (kind == 0) node.Ban(new Ban(Subject(who), Start.AddDays(days), $"{days}") { NewcomersOnly = days == 1 });
        else if (kind == 1) node.Lift(Subject(who));
        else node.Revoke(new Revocation(who == 0 ? null : new UserKey("chat", $"u{who}"), null, Start.AddDays(days), Start.AddDays(who + days)));
    });

    [Fact]
    public void Nodes_that_were_told_different_things_come_to_the_same_and_what_supervisors_hear_leads_there() =>
        Gen.Select(Orders.Array[0, 12], Orders.Array[0, 12], Gen.Int[0, 1000]).Sample((ordersA, ordersB, seed) =>
        {
            var (a, b) = (new Node("a"), new Node("b"));
            foreach (var order in ordersA) order(a);
            foreach (var order in ordersB) order(b);
            RegisterEntry[] ofA = [.. a.Ledger.Register.All], ofB = [.. b.Ledger.Register.All];
            new Random(seed).Shuffle(ofA);

            // In pieces, and some twice.
            foreach (var part in ofA.Chunk(2)) b.Hear(part);
            a.Hear(ofB);
            b.Hear(ofA);

            Same(a.Ledger, b.Ledger);
            Same(a.Ledger, GuardLedger.FromState(a.Ledger.ToState()));
        });

    [Fact]
    public void The_later_order_wins_wherever_it_was_given()
    {
        var (a, b) = (new Node("a"), new Node("b"));
        var ban = new Ban(Subject(0), Start.AddDays(3), "floods");
        a.Ban(ban);
        b.Hear([.. a.Ledger.Register.All]);
        Assert.NotNull(b.Ledger.Guard.BanOf(IPAddress.Parse("10.0.0.1"), Start));

        b.Lift(ban.Subject);
        a.Hear([.. b.Ledger.Register.All]);
        Assert.Null(a.Ledger.Guard.BanOf(IPAddress.Parse("10.0.0.1"), Start));

        // A node that was away still has it, and is told, rather than telling.
        var away = new Node("c");
        away.Ban(ban);
        away.Clock.See(new Stamp(long.MaxValue / 2, 0, ""));
        a.Hear([GuardEntries.Of(ban, new Stamp(1, 0, "a"))]);
        Assert.Equal(0, a.Ledger.Guard.Bans.Count);
    }

    [Fact]
    public void However_a_subject_is_written_it_is_one()
    {
        Assert.True(BanSubject.TryParse("ip:::ffff:10.0.0.1", out var mapped) && BanSubject.TryParse("ip:10.0.0.1", out var plain) && GuardEntries.KeyOf(mapped) == GuardEntries.KeyOf(plain));
    }

    [Fact]
    public void That_a_ban_was_lifted_is_forgotten_with_the_ban_and_after_thirty_days_at_most()
    {
        var node = new Node("a");
        node.Ban(new Ban(Subject(0), Start.AddDays(2), null));
        node.Ban(new Ban(Subject(1), Start.AddDays(3000), null));
        node.Lift(Subject(0));
        node.Lift(Subject(1));

        Assert.Equal(2, node.Ledger.WithoutExpired(Start.AddDays(1)).Register.Count);
        Assert.Equal(1, node.Ledger.WithoutExpired(Start.AddDays(2)).Register.Count);
        Assert.Equal(0, node.Ledger.WithoutExpired(Start.AddDays(30)).Register.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_ban_that_a_shorter_one_replaced_does_not_come_back_from_a_node_that_was_away(bool restarts)
    {
        var (a, b, away) = (new Node("a"), new Node("b"), new Node("c"));
        a.Ban(new Ban(Subject(0), Start.AddDays(10), "floods"));
        b.Hear([.. a.Ledger.Register.All]);
        away.Hear([.. a.Ledger.Register.All]);

        b.Ban(new Ban(Subject(0), Start.AddMinutes(1), "less"));
        a.Hear([.. b.Ledger.Register.All]);
        foreach (var node in new[] { a, b, away })
        {
            node.Now = Start.AddHours(1);
            node.Sweep();
            if (restarts) node.Reload();
            node.Sweep();
        }

        a.Hear([.. away.Ledger.Register.All]);
        b.Hear([.. away.Ledger.Register.All]);
        away.Hear([.. a.Ledger.Register.All]);

        var address = IPAddress.Parse("10.0.0.1");
        Assert.All(new[] { a, b, away }, node => Assert.Null(node.Ledger.Guard.BanOf(address, node.Now)));
        Same(a.Ledger, b.Ledger);
        Same(a.Ledger, away.Ledger);
        Assert.Equal(0, a.Ledger.WithoutExpired(Start.AddDays(10)).Register.Count);
    }

    [Fact]
    public void What_a_ban_replaced_is_remembered_for_thirty_days_at_most_and_the_ban_for_as_long_as_it_lasts()
    {
        var node = new Node("a");
        foreach (var subject in new[] { 0, 1 }) node.Ban(new Ban(Subject(subject), Start.AddDays(3000), null));
        node.Ban(new Ban(Subject(0), Start.AddDays(1), null));
        node.Ban(new Ban(Subject(1), Start.AddDays(300), null));

        Assert.Equal(2, node.Ledger.WithoutExpired(Start.AddDays(29)).Register.Count);
        Assert.Equal(1, node.Ledger.WithoutExpired(Start.AddDays(30)).Register.Count);
        Assert.Equal(0, node.Ledger.WithoutExpired(Start.AddDays(300)).Register.Count);
        Assert.Equal(Start.AddDays(1), node.Ledger.Guard.BanOf(IPAddress.Parse("10.0.0.1"), Start)!.Until);
    }

    [Fact]
    public void What_a_newer_release_writes_is_kept_and_told_on_although_it_means_nothing_here()
    {
        var node = new Node("a");
        node.Hear([new RegisterEntry("of a newer release", new Stamp(1, 0, "b"), "?", Start.AddDays(1)), new RegisterEntry("ban:?", new Stamp(1, 0, "b"), "?", Start.AddDays(1))]);

        Assert.Equal(2, node.Ledger.Register.Count);
        Assert.Equal(0, node.Ledger.Guard.Bans.Count);
    }

    private static BanSubject Subject(int who) => who < 2 && BanSubject.TryParse($"ip:10.0.0.{who + 1}", out var address) ? address : BanSubject.Of(new UserKey("chat", $"u{who}"));

    private static void Same(GuardLedger left, GuardLedger right)
    {
        Assert.Equal(left.Register.All.OrderBy(e => e.Key, StringComparer.Ordinal), right.Register.All.OrderBy(e => e.Key, StringComparer.Ordinal));
        Assert.Equal(left.Guard.Bans.All.ToHashSet(), right.Guard.Bans.All.ToHashSet());
        for (var user = 0; user < 4; user++)
            for (var day = 0; day < 6; day++)
            {
                var token = new TokenFacts(Start.AddDays(100), Start.AddDays(day), null);
                Assert.Equal(left.Guard.IsRevoked(new UserKey("chat", $"u{user}"), token, Start), right.Guard.IsRevoked(new UserKey("chat", $"u{user}"), token, Start));
            }
    }

    /// <summary>A node, and what its supervisor was told last.</summary>
    private sealed class Node(string name)
    {
        private GuardSnapshot _told = GuardSnapshot.Empty;

        internal DateTimeOffset Now { get; set; } = Start;

        internal HybridClock Clock { get; } = new(name, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Start));

        internal GuardLedger Ledger { get; private set; } = GuardLedger.Empty;

        internal void Ban(Ban ban) => Set(Ledger.With(ban, Clock.Next(), Now));

        internal void Lift(BanSubject subject) => Set(Ledger.Without(subject, Clock.Next(), Now));

        internal void Revoke(Revocation revocation) => Set(Ledger.With(revocation, Clock.Next()));

        internal void Hear(IReadOnlyList<RegisterEntry> entries)
        {
            foreach (var entry in entries) Clock.See(entry.Stamp);
            Ledger = Ledger.Merge(entries, Now, out var changes);
            foreach (var (guard, change) in changes)
            {
                _told = guard;
                if (change is GuardChange.Banned banned) Assert.True(banned.Ban.Until > Now, "closes sessions for a ban that is over");
            }

            Assert.Same(Ledger.Guard, _told);
        }

        internal void Sweep() => Set(Ledger.WithoutExpired(Now));

        /// <summary>As after a restart.</summary>
        internal void Reload() => Set(GuardLedger.FromState(Ledger.ToState()));

        private void Set(GuardLedger ledger) => (Ledger, _told) = (ledger, ledger.Guard);
    }
}

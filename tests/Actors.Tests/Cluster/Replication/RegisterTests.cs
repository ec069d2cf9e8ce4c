using ActorSockets.Actors.Cluster.Replication;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Cluster.Replication;

/// <summary>Nodes that have seen the same entries hold the same, in whatever order and however often they came.</summary>
public sealed class RegisterTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Few keys and stamps, so that they meet; the last time comes before or after the end of others.
    private static readonly Gen<RegisterEntry[]> Entries = Gen.Select(
        Gen.Int[0, 5], Gen.Int[0, 4], Gen.Int[0, 1], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[1, 3],
        (key, time, count, node, value, until) => new RegisterEntry($"k{key}", new Stamp(time, count, $"n{node}"), value == 0 ? null : $"v{value}", Start.AddDays(until))).Array[0, 30];

    [Fact]
    public void Order_and_repetition_make_no_difference() => Gen.Select(Entries, Entries, Gen.Int[0, 1000]).Sample((a, b, seed) =>
    {
        var (left, right) = (Of(a), Of(b));

        // Commutative, associative with what follows, idempotent.
        Same(Merge(left, [.. right.All]), Merge(right, [.. left.All]));
        Same(Merge(left, [.. right.All]), Of([.. a, .. b]));
        Same(Merge(Merge(left, [.. right.All]), [.. right.All]), Merge(left, [.. right.All]));
        RegisterEntry[] shuffled = [.. a, .. b];
        new Random(seed).Shuffle(shuffled);
        Same(Of([.. a, .. b]), Of([.. shuffled, .. a]));
    });

    [Fact]
    public void After_each_has_sent_what_differs_both_hold_the_same() => Gen.Select(Entries, Entries).Sample((a, b) =>
    {
        var (left, right) = (Of(a), Of(b));
        var question = left.Digest;

        // One question, one answer with the other's digest, one return: the whole conversation.
        left = Merge(left, [.. right.DifferentFrom(question)]);
        right = Merge(right, [.. left.DifferentFrom(right.Digest)]);

        Same(left, right);
        Assert.True(left.Digest.Same(right.Digest));
    });

    [Fact]
    public void What_is_over_is_forgotten_and_not_taken_over_again() => Entries.Sample(entries =>
    {
        var now = Start.AddDays(2);
        var left = Of(entries).WithoutExpired(now);

        Assert.All(left.All, e => Assert.True(e.Until > now));
        Same(left, left.Merge(entries.Where(e => e.Until <= now), now, out var taken));
        Assert.Empty(taken);
        Assert.True(left.Digest.Same(Of([.. left.All]).Digest));
    });

    [Fact]
    public void What_was_taken_back_does_not_come_back_from_a_node_that_was_away()
    {
        var clock = new HybridClock("a", new FakeTimeProvider(Start));
        var put = new RegisterEntry("k", clock.Next(), "v", Start.AddDays(1));
        var takenBack = new RegisterEntry("k", clock.Next(), null, put.Until);

        var register = Merge(Merge(Of([put]), takenBack), put);

        Assert.True(register.Find("k")!.IsTakenBack);
    }

    [Fact]
    public void A_write_after_another_was_seen_wins_although_its_clock_is_behind()
    {
        var (ahead, behind) = (new FakeTimeProvider(Start.AddHours(1)), new FakeTimeProvider(Start));
        var (first, second) = (new HybridClock("z", ahead), new HybridClock("a", behind));
        var seen = first.Next();

        second.See(seen);

        Assert.True(second.Next().CompareTo(seen) > 0);
    }

    [Fact]
    public void Every_stamp_is_later_than_the_one_before() => Gen.Int[-2000, 2000].Array[1, 50].Sample(steps =>
    {
        var time = new SetTime();
        var clock = new HybridClock("a", time);
        var last = Stamp.None;
        foreach (var step in steps)
        {
            time.Now += TimeSpan.FromMilliseconds(step);
            var next = clock.Next();
            Assert.True(next.CompareTo(last) > 0);
            Assert.Equal(next, Stamp.Parse(next.ToString()));
            last = next;
        }
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1-2")]
    [InlineData("a-1-n")]
    [InlineData("-1-1-n")]
    public void What_is_no_stamp_is_not_read_as_one(string? text) => Assert.Null(Stamp.Parse(text));

    private static Register Of(params RegisterEntry[] entries) => Merge(Register.Empty, entries);

    private static Register Merge(Register register, params RegisterEntry[] entries) => register.Merge(entries, DateTimeOffset.MinValue, out _);

    private static void Same(Register left, Register right) =>
        Assert.Equal(left.All.OrderBy(e => e.Key, StringComparer.Ordinal), right.All.OrderBy(e => e.Key, StringComparer.Ordinal));

    /// <summary>A clock that somebody sets, back too.</summary>
    private sealed class SetTime : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using CsCheck;

namespace ActorSockets.Actors.Tests.Security;

public class GuardSnapshotTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<DateTimeOffset> Times = Gen.Int[-5, 20].Select(s => Start.AddSeconds(s));

    // Few bits vary, so that ranges and addresses meet.
    private static readonly Gen<IPAddress> V4 = Gen.Select(Gen.Byte[0, 3], Gen.Byte[0, 3]).Select((c, d) => new IPAddress([10, 0, c, d]));
    private static readonly Gen<IPAddress> Addresses = Gen.OneOf(
        V4,
        V4.Select(a => a.MapToIPv6()),
        Gen.Select(Gen.Byte[0, 3], Gen.Byte[0, 3]).Select((c, d) => new IPAddress([0x20, 1, 0xd, 0xb8, 0, 0, 0, c, 0, 0, 0, 0, 0, 0, 0, d])));

    private static readonly Gen<BanSubject> Subjects = Gen.OneOf(
        Gen.Select(Addresses, Gen.Int[0, 128]).Select((a, length) => BanSubject.Of(Masked(a, length))),
        Gen.Int[0, 3].Select(u => BanSubject.Of(new UserKey("chat", $"u{u}"))));

    private static readonly Gen<Ban> Bans = Gen.Select(Subjects, Times).Select((s, until) => new Ban(s, until, null));

    private static readonly Gen<Revocation> Revocations = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 2], Times, Times).Select((kind, who, before, until) => kind switch
    {
        0 => new Revocation(new UserKey("chat", $"u{who}"), null, before, until),
        1 => new Revocation(null, $"t{who}", null, until),
        _ => new Revocation(null, null, before, until),
    });

    [Fact]
    public void Finds_the_same_bans_as_a_list()
    {
        Gen.Select(Bans.Array[0, 30], Subjects.Array[0, 10], Addresses, Times).Sample((bans, lifted, address, now) =>
        {
            var (snapshot, model) = (GuardSnapshot.Empty, new Dictionary<string, Ban>());
            foreach (var ban in bans)
            {
                snapshot = snapshot.With(ban);
                model[Canonical(ban.Subject)] = ban;
            }

            foreach (var subject in lifted)
            {
                snapshot = snapshot.Without(subject);
                model.Remove(Canonical(subject));
            }

            var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            var expected = model.Values.Where(b => b.Until > now && b.Subject.Network is { } n && Plain(n).Contains(plain)).Select(b => (DateTimeOffset?)b.Until).Max();
            Assert.Equal(expected, snapshot.BanOf(address, now)?.Until);
            Assert.Equal(model.Count, snapshot.Bans.Count);
            var user = new UserKey("chat", "u1");
            Assert.Equal(model.Values.SingleOrDefault(b => b.Until > now && b.Subject.User == user), snapshot.BanOf(user, now));
            Assert.Equal(model.Values.Count(b => b.Until > now), snapshot.WithoutExpired(now).Bans.Count);
        });
    }

    [Fact]
    public void Finds_the_same_revocations_as_a_list()
    {
        Gen.Select(Revocations.Array[0, 20], Gen.Int[0, 3], Gen.Int[0, 3], Times, Times).Sample((revocations, who, token, issued, now) =>
        {
            var snapshot = revocations.Aggregate(GuardSnapshot.Empty, (s, r) => s.With(r));
            var user = new UserKey("chat", $"u{who}");
            var facts = new TokenFacts(Start.AddYears(1), issued, $"t{token}");
            var expected = revocations.Any(r => r.Until > now
                && (r.TokenId is { } id ? id == facts.TokenId : issued < r.IssuedBefore && (r.User is null || r.User == user)));
            Assert.Equal(expected, snapshot.IsRevoked(user, facts, now));
            Assert.Equal(expected, snapshot.WithoutExpired(now).IsRevoked(user, facts, now));
            Assert.Equal(expected, GuardSnapshot.FromState(snapshot.ToState()).IsRevoked(user, facts, now));
            Assert.Equal(snapshot.ToState().Revocations.Count, snapshot.Revocations.Count);
            Assert.False(snapshot.IsRevoked(user, null, now));
        });
    }

    [Fact]
    public void Survives_storing_and_expiry()
    {
        Gen.Select(Bans.Array[0, 20], Revocations.Array[0, 20], Times).Sample((bans, revocations, now) =>
        {
            var snapshot = revocations.Aggregate(bans.Aggregate(GuardSnapshot.Empty, (s, b) => s.With(b)), (s, r) => s.With(r));
            var again = GuardSnapshot.FromState(snapshot.ToState());
            Assert.Equal(snapshot.Bans.All.ToHashSet(), again.Bans.All.ToHashSet());
            Assert.Equal(snapshot.Revocations.All.ToHashSet(), again.Revocations.All.ToHashSet());
            var left = snapshot.WithoutExpired(now);
            Assert.Same(left, left.WithoutExpired(now));
        });
    }

    [Theory]
    [InlineData("ip:::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("ip:10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("ip:::/0", "10.1.2.3", false)]
    [InlineData("ip:0.0.0.0/0", "10.1.2.3", true)]
    [InlineData("ip:0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("ip:::/0", "2001:db8::1", true)]
    [InlineData("ip:2001:db8::/64", "2001:db8::ffff", true)]
    [InlineData("ip:2001:db8::/64", "2001:db8:0:1::", false)]
    [InlineData("ip:203.0.113.7", "203.0.113.7", true)]
    public void Knows_which_addresses_a_range_holds(string subject, string address, bool banned)
    {
        Assert.True(BanSubject.TryParse(subject, out var parsed));
        var snapshot = GuardSnapshot.Empty.With(new Ban(parsed, Start.AddHours(1), null));
        Assert.Equal(banned, snapshot.BanOf(IPAddress.Parse(address), Start) is not null);
    }

    [Fact]
    public void A_token_without_issue_time_counts_as_issued_at_the_epoch()
    {
        var snapshot = GuardSnapshot.Empty.With(new Revocation(null, null, DateTimeOffset.UnixEpoch.AddSeconds(1), Start.AddHours(1)));
        Assert.True(snapshot.IsRevoked(null, new TokenFacts(Start.AddHours(1), DateTimeOffset.UnixEpoch, null), Start));
        Assert.False(snapshot.IsRevoked(null, new TokenFacts(Start.AddHours(1), Start, null), Start));
    }

    [Fact]
    public void A_change_that_changes_nothing_is_the_same_instance()
    {
        var ban = new Ban(BanSubject.Of(new UserKey("chat", "u")), Start, "why");
        var revocation = new Revocation(null, "t", null, Start);
        var snapshot = GuardSnapshot.Empty.With(ban).With(revocation);
        Assert.Same(snapshot, snapshot.With(ban with { }));
        Assert.Same(snapshot, snapshot.With(revocation with { }));
        Assert.Same(snapshot, snapshot.Without(BanSubject.Of(new UserKey("chat", "U"))));
    }

    private static IPNetwork Masked(IPAddress address, int length)
    {
        if (address.IsIPv4MappedToIPv6 && length < 96) length = 96;
        var bytes = address.GetAddressBytes();
        length = Math.Min(length, bytes.Length * 8);
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }

    private static IPNetwork Plain(IPNetwork n) =>
        n.BaseAddress.IsIPv4MappedToIPv6 ? new IPNetwork(n.BaseAddress.MapToIPv4(), n.PrefixLength - 96) : n;

    private static string Canonical(BanSubject subject) => subject.Network is { } n ? Plain(n).ToString() : subject.ToString();
}

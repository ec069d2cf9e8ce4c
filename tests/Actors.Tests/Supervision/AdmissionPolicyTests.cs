using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Supervision;

public sealed class AdmissionPolicyTests
{
    /// <summary>The checks in the order of the contract; each can be made to fail by itself.</summary>
    private static readonly string[] Order =
        ["draining", "overloaded", "ip", "ip-banned", "origin", "connect-rate", "ip-limit", "token", "revoked", "full", "subprotocol", "user-banned", "flapping", "user-limit"];

    private static readonly IPNetwork Everybody = IPNetwork.Parse("0.0.0.0/0");

    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        for (var i = 0; i < Order.Length; i++)
            for (var j = i + 1; j < Order.Length; j++)
                pairs.Add(Order[i], Order[j]);
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Of_two_checks_that_fail_the_earlier_answers(string earlier, string later)
    {
        var desk = new Desk();
        desk.Fail(earlier);
        desk.Fail(later);
        Assert.Equal(Desk.Expected(earlier), desk.Judge().Refusal);
    }

    [Theory]
    [InlineData("draining")]
    [InlineData("overloaded")]
    [InlineData("ip")]
    [InlineData("ip-banned")]
    public void What_needs_no_counting_can_be_asked_alone(string check)
    {
        var desk = new Desk();
        Assert.Null(desk.BeforeCounting());
        desk.Fail(check);
        Assert.Equal(Desk.Expected(check), desk.BeforeCounting());
    }

    [Fact]
    public void Who_fails_no_check_is_admitted()
    {
        var verdict = new Desk().Judge();
        Assert.Null(verdict.Refusal);
        Assert.Empty(verdict.Victims);
    }

    [Theory]
    [InlineData("subprotocol")]
    [InlineData("user-banned")]
    [InlineData("flapping")]
    [InlineData("user-limit")]
    public void While_a_connect_handler_is_awaited_the_second_phase_is_not_asked(string second)
    {
        var desk = new Desk();
        desk.Fail(second);
        desk.Question = desk.Question with { AwaitsHandler = true };
        Assert.Null(desk.Judge().Refusal);
    }

    [Fact]
    public void A_refusal_of_the_second_phase_evicts_nobody()
    {
        var desk = new Desk();
        desk.Fail("full");
        desk.Limits = desk.Limits with { WhenFull = WhenFull.CloseOldest };
        Assert.Single(desk.Judge().Victims);

        desk.Fail("subprotocol");

        var verdict = desk.Judge();
        Assert.Equal("subprotocol", verdict.Refusal!.Id);
        Assert.Empty(verdict.Victims);
    }

    [Fact]
    public void A_denied_address_is_judged_by_the_peer_and_counted_by_the_client()
    {
        var desk = new Desk();
        desk.Limits = desk.Limits with { MaxConnectionsPerIp = 1 };
        desk.Seat(ip: "10.0.0.1");
        desk.Question = Make.Question(desk.Transport, ip: "10.0.0.1", shared: true) with { Judged = IPAddress.Parse("192.168.0.1") };
        Assert.Null(desk.Judge().Refusal);

        desk.Security = desk.Security with { DenyIps = [IPNetwork.Parse("192.168.0.0/16")] };
        Assert.Equal("ip", desk.Judge().Refusal!.Id);
    }

    [Fact]
    public void With_an_allow_list_everybody_else_is_denied()
    {
        var desk = new Desk();
        desk.Security = desk.Security with { AllowIps = [IPNetwork.Parse("10.0.0.0/24")] };
        Assert.Null(desk.Judge().Refusal);
        desk.Question = Make.Question(desk.Transport, ip: "10.0.1.1");
        Assert.Equal("ip", desk.Judge().Refusal!.Id);
    }

    [Theory]
    [InlineData("203.0.113.7", "ip")]
    [InlineData("203.0.114.7", null)]
    public void A_range_of_mapped_addresses_means_the_addresses_they_stand_for(string ip, string? expected)
    {
        var desk = new Desk { Security = new SecurityOptions { DenyIps = [IPNetwork.Parse("::ffff:203.0.113.0/120")] } };
        desk.Question = desk.Question with { Judged = IPAddress.Parse(ip) };
        Assert.Equal(expected, desk.Judge().Refusal?.Id);
    }

    [Fact]
    public void A_ban_says_how_long_it_lasts()
    {
        var desk = new Desk();
        desk.Fail("user-banned");
        Assert.Equal(TimeSpan.FromHours(1), desk.Judge().Refusal!.RetryAfter);
    }

    [Fact]
    public void A_hub_has_a_limit_of_its_own_besides_the_nodes()
    {
        var desk = new Desk { HubMax = 1 };
        desk.Seat(hub: "other");
        Assert.Null(desk.Judge().Refusal);
        desk.Seat();
        Assert.Equal(Refusals.Full("hub"), desk.Judge().Refusal);
    }

    [Theory]
    [InlineData(WhenFull.CloseOldest, "first")]
    [InlineData(WhenFull.CloseIdlest, "second")]
    public void The_policy_names_the_victim(WhenFull policy, string expected)
    {
        var desk = new Desk();
        desk.Limits = desk.Limits with { MaxConnections = 2, WhenFull = policy };
        var first = desk.Seat("first");
        desk.Seat("second");
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        ((FakeTransport)first.Transport).Receive();

        var victim = Assert.Single(desk.Judge().Victims);

        Assert.Equal(expected, victim.Seat.Id.Value);
        Assert.Equal("node", victim.Limit);
    }

    [Fact]
    public void For_a_user_the_oldest_makes_room_also_where_the_idlest_is_asked_for()
    {
        var desk = new Desk();
        desk.Limits = desk.Limits with { MaxConnectionsPerUser = 2, WhenFull = WhenFull.CloseIdlest };
        var first = desk.Seat("first", user: "ann");
        desk.Seat("second", user: "ann");
        ((FakeTransport)first.Transport).Receive();
        Assert.Equal("first", Assert.Single(desk.Judge().Victims).Seat.Id.Value);
    }

    [Fact]
    public void One_victim_makes_room_under_every_limit_that_counts_it()
    {
        var desk = new Desk();
        desk.Seat("stranger", user: "bob", ip: "10.9.9.9");
        desk.Seat("own", user: "ann");
        desk.Limits = desk.Limits with { MaxConnections = 2, MaxConnectionsPerUser = 1, MaxConnectionsPerIp = 1, WhenFull = WhenFull.CloseOldest };
        desk.HubMax = 2;
        Assert.Equal("own", Assert.Single(desk.Judge().Victims).Seat.Id.Value);

        // Without the address the node's oldest would go, until the user's own is found.
        desk.Limits = desk.Limits with { MaxConnectionsPerIp = 0 };
        Assert.Equal("own", Assert.Single(desk.Judge().Victims).Seat.Id.Value);
    }

    [Fact]
    public void Victims_close_outside_the_limit_but_not_without_bound()
    {
        var desk = new Desk();
        desk.Limits = desk.Limits with { MaxConnections = 20, WhenFull = WhenFull.CloseOldest };
        for (var i = 0; i < 20; i++) desk.Seat($"c{i}");
        for (var i = 0; i < 16; i++)
        {
            var victim = Assert.Single(desk.Judge().Victims);
            desk.Census.Evict(victim.Seat);
            desk.Seat($"new{i}");
        }

        Assert.Equal(Refusals.Full("node"), desk.Judge().Refusal);

        desk.Census.End(desk.Census.Find(new ConnectionId("c0"))!);
        Assert.Null(desk.Judge().Refusal);
    }

    [Fact]
    public void A_limit_below_the_present_count_still_takes_one_for_one()
    {
        var desk = new Desk();
        for (var i = 0; i < 5; i++) desk.Seat($"c{i}");
        desk.Limits = desk.Limits with { MaxConnections = 2, WhenFull = WhenFull.CloseOldest };
        Assert.Equal("c0", Assert.Single(desk.Judge().Victims).Seat.Id.Value);
    }

    [Fact]
    public void Who_is_still_opening_is_nobodys_victim()
    {
        var desk = new Desk();
        desk.Limits = desk.Limits with { MaxConnections = 1, WhenFull = WhenFull.CloseOldest };
        desk.Census.Admit(new Seat(new ConnectionId("opening"), desk.Transport, 0), Make.Hub, null, null);
        Assert.Equal("full", desk.Judge().Refusal!.Id);
    }

    [Fact]
    public void A_flapping_ban_is_announced_once_per_trip()
    {
        var desk = new Desk();
        desk.Security = desk.Security with { Flapping = new FlappingOptions { Connects = 2 } };
        Assert.Empty(desk.Judge().Trips);
        Assert.Empty(desk.Judge().Trips);

        var verdict = desk.Judge();
        Assert.Equal("banned", verdict.Refusal!.Id);
        Assert.Equal(["ip:10.0.0.1/32", "user:chat/ann"], verdict.Trips.Select(b => b.Subject.ToString()).Order());
        Assert.All(verdict.Trips, b => Assert.Equal("flapping", b.Reason));
        Assert.Empty(desk.Judge().Trips);

        desk.Time.Advance(TimeSpan.FromMinutes(6));
        Assert.Null(desk.Judge().Refusal);
        Assert.Empty(desk.Judge().Trips);
        Assert.Equal(2, desk.Judge().Trips.Count);
    }

    /// <summary>One node, one question, and how to make each check fail.</summary>
    private sealed class Desk
    {
        private readonly FlappingGate _flapping = new(new FlappingTracker());
        private AdmissionPolicy? _policy;
        private Live<NodeSettings>? _live;
        private bool _accepting = true;
        private bool _pressure;
        private GuardSnapshot _guard = GuardSnapshot.Empty;

        internal Desk()
        {
            Transport = new FakeTransport(Time);
            Census = new Census(new Random(1));
            Question = Make.Question(Transport, "ann") with { Token = Make.Token(Time.GetUtcNow() + TimeSpan.FromHours(1), id: "t1") };
        }

        internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

        internal FakeTransport Transport { get; }

        internal Census Census { get; }

        internal AdmissionQuestion Question { get; set; }

        internal LimitOptions Limits { get; set; } = new();

        internal SecurityOptions Security { get; set; } = new();

        internal int HubMax { get; set; }

        internal Seat Seat(string? id = null, string? user = null, string ip = "10.0.0.1", string hub = Make.Hub)
        {
            var seat = new Seat(id is null ? ConnectionId.New("seat") : new ConnectionId(id), new FakeTransport(Time), Time.GetTimestamp());
            Census.Admit(seat, hub, AddressKey.Of(IPAddress.Parse(ip)), user is null ? null : new UserKey(hub, user));
            Census.Open(seat);
            return seat;
        }

        internal void Fail(string check)
        {
            var until = Time.GetUtcNow() + TimeSpan.FromHours(1);
            switch (check)
            {
                case "draining": _accepting = false; break;
                case "overloaded": _pressure = true; break;
                case "ip": Security = Security with { DenyIps = [Everybody] }; break;
                case "ip-banned": _guard = _guard.With(new Ban(BanSubject.Of(Everybody), until, null)); break;
                case "origin": Question = Question with { Origin = Refusals.Origin("no") }; break;
                case "connect-rate": Limits = Limits with { ConnectsPerSecond = 1 }; break;
                case "ip-limit":
                    Limits = Limits with { MaxConnectionsPerIp = 1 };
                    Seat();
                    break;
                case "token": Question = Question with { TokenVerdict = Refusals.Token("no") }; break;
                case "revoked": _guard = _guard.With(new Revocation(null, "t1", null, until)); break;
                case "full":
                    Limits = Limits with { MaxConnections = 1 };
                    Seat(ip: "10.9.9.9");
                    break;
                case "subprotocol": Question = Question with { SubprotocolVerdict = Refusals.Subprotocol("no") }; break;
                case "user-banned": _guard = _guard.With(new Ban(BanSubject.Of(new UserKey(Make.Hub, "ann")), until, null)); break;
                case "flapping":
                    Security = Security with { Flapping = new FlappingOptions { Connects = 1, Ban = TimeSpan.FromMinutes(3) } };
                    _flapping.Record(null, new UserKey(Make.Hub, "ann"), Security.Flapping, Time.GetUtcNow(), out _);
                    break;
                case "user-limit":
                    Limits = Limits with { MaxConnectionsPerUser = 1 };
                    Seat(user: "ann", ip: "10.8.8.8");
                    break;
                default: throw new ArgumentOutOfRangeException(nameof(check));
            }
        }

        internal static Refusal Expected(string check) => check switch
        {
            "draining" => Refusals.Draining(TimeSpan.FromSeconds(10)),
            "overloaded" => Refusals.Overloaded(),
            "ip" => Refusals.Ip(),
            "ip-banned" or "user-banned" => Refusals.Banned(TimeSpan.FromHours(1)),
            "origin" => Refusals.Origin("no"),
            "connect-rate" => Refusals.ConnectRate(TimeSpan.FromSeconds(1)),
            "ip-limit" => Refusals.IpLimit(1),
            "token" => Refusals.Token("no"),
            "revoked" => Refusals.Token("The token was revoked."),
            "full" => Refusals.Full("node"),
            "subprotocol" => Refusals.Subprotocol("no"),
            "flapping" => Refusals.Banned(TimeSpan.FromMinutes(3)),
            _ => Refusals.UserLimit(1),
        };

        private AdmissionPolicy Policy => _policy ??= new AdmissionPolicy(_live = new Live<NodeSettings>(Make.Settings()), Census, _flapping, Time);

        internal Refusal? BeforeCounting() => AdmissionPolicy.BeforeCounting(
            Question.Judged, Make.Settings(Limits, security: Security), new NodeCondition(_accepting, _pressure, _guard), Time.GetUtcNow());

        internal AdmissionVerdict Judge()
        {
            var policy = Policy;
            _live!.Publish(Make.Settings(Limits, security: Security, hubMax: HubMax));
            // Somebody else takes the only token.
            if (Limits.ConnectsPerSecond > 0)
                policy.Judge(Make.Question(Transport, ip: "10.7.7.7"), new NodeCondition(true, false, GuardSnapshot.Empty));
            return policy.Judge(Question, new NodeCondition(_accepting, _pressure, _guard));
        }
    }
}

using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;

namespace ActorSockets.Actors.Tests.Supervision;

/// <summary>Who was banned for flapping and is pardoned must be let in: the ban in the guard is not the only one that is kept.</summary>
public class FlappingPardonTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly FlappingOptions Options = new() { Connects = 1, Ban = TimeSpan.FromMinutes(5) };
    private static readonly UserKey User = new("chat", "ann");
    private readonly FlappingGate _gate = new(new FlappingTracker());

    [Theory]
    [InlineData("10.0.0.1", "ip:10.0.0.1")]
    [InlineData("10.0.0.1", "ip:10.0.0.1/32")]
    [InlineData("2001:db8::7", "ip:2001:db8::/64")]
    [InlineData("10.0.0.1", "ip:::ffff:10.0.0.1")]
    public void An_address_is_let_in_again_and_counted_anew(string address, string subject)
    {
        Assert.Equal(subject.Contains("ffff", StringComparison.Ordinal) ? "ip:10.0.0.1/32" : Canonical(subject), Trip(address).Subject.ToString());

        _gate.Pardon(Parse(subject));

        Assert.Null(Connect(address));
        Assert.Equal(Options.Ban, Connect(address));
    }

    [Fact]
    public void A_user_is_let_in_again()
    {
        for (var i = 0; i < 2; i++) _gate.Record(null, User, Options, Now, out _);
        Assert.NotNull(_gate.Record(null, User, Options, Now, out _));

        _gate.Pardon(BanSubject.Of(User));

        Assert.Null(_gate.Record(null, User, Options, Now, out _));
    }

    [Fact]
    public void A_second_trip_after_the_pardon_is_announced_again()
    {
        _gate.Pardon(Trip("10.0.0.1").Subject);
        Assert.NotNull(Trip("10.0.0.1"));
    }

    [Theory]
    [InlineData("ip:10.0.0.0/8")]
    [InlineData("ip:10.0.0.2")]
    [InlineData("user:chat/ann")]
    public void Another_subject_pardons_nobody(string subject)
    {
        Trip("10.0.0.1");
        _gate.Pardon(Parse(subject));
        Assert.NotNull(Connect("10.0.0.1"));
    }

    private Ban Trip(string address)
    {
        Assert.Null(Connect(address));
        Assert.NotNull(_gate.Record(AddressKey.Of(IPAddress.Parse(address)), null, Options, Now, out var trips));
        return Assert.Single(trips);
    }

    private TimeSpan? Connect(string address) => _gate.Record(AddressKey.Of(IPAddress.Parse(address)), null, Options, Now, out _);

    private static BanSubject Parse(string text) => BanSubject.TryParse(text, out var subject) ? subject : throw new ArgumentException(text);

    private static string Canonical(string text) => Parse(text).ToString();
}

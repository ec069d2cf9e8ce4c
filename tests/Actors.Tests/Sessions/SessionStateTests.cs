using System.Text.Json;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Sessions;
using CsCheck;

namespace ActorSockets.Actors.Tests.Sessions;

public sealed class SessionStateTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<DateTimeOffset?> Time = Gen.Long[0, 1_000_000].Select(ms => ms % 5 == 0 ? (DateTimeOffset?)null : Now.AddMilliseconds(ms));

    private static readonly Gen<string> Text = Gen.String[Gen.Char['\u0001', '\ud7ff'], 0, 20];

    private static readonly Gen<SessionState> States = Gen.Select(
        Gen.Select(Text, Gen.Bool, Time, Time),
        Gen.Select(Text.Array[0, 5], Gen.ULong.Array[0, 20], Gen.Byte.Array.Array[0, 10], Gen.Long[0, 1_000_000]),
        (who, what) => new SessionState
        {
            Id = $"n1.{who.Item1}",
            Node = "n1",
            Hub = "chat",
            UserId = who.Item2 ? null : who.Item1,
            Address = who.Item2 ? "2001:db8::7" : "203.0.113.9",
            IsAddressShared = who.Item2,
            Subprotocol = Compat.ReliableJson,
            ConnectedAt = Now,
            Token = who.Item3 is { } expiry ? new TokenFacts(expiry, Now, who.Item1) : null,
            AuthorizedUntil = who.Item4,
            Groups = [.. what.Item1],
            Roles = [.. what.Item1.Select(g => $"{Compat.SendRole}.{g}")],
            SingleRights = [.. what.Item1.Distinct().Select(g => new SingleRight(Permission.JoinLeaveGroup, g, who.Item2))],
            HandlerState = who.Item2 ? null : who.Item1,
            Acks = [.. what.Item2],
            NextSequenceId = (ulong)what.Item4 + 1,
            Frames = [.. what.Item3.Select((body, i) => new SessionState.Frame((ulong)i, body, who.Item3))],
        });

    [Fact]
    public void Comes_out_of_its_bytes_as_it_went_in() => States.Sample(state =>
    {
        var bytes = state.ToBytes();
        var again = SessionState.FromBytes(bytes);
        Assert.Equal(bytes, again.ToBytes());
        Assert.Equal(state.ToInfo("n2"), again.ToInfo("n2"));
        Assert.Equal((state.Token, state.AuthorizedUntil, state.HandlerState, state.NextSequenceId), (again.Token, again.AuthorizedUntil, again.HandlerState, again.NextSequenceId));
        Assert.Equal(state.Acks, again.Acks.AsEnumerable());
        Assert.Equal(state.Groups, again.Groups.AsEnumerable());
        Assert.Equal(state.SingleRights, again.SingleRights.AsEnumerable());
        Assert.Equal(state.Frames.Select(f => (f.Id, Convert.ToHexString(f.Body.Span), f.ExpiresAt)), again.Frames.Select(f => (f.Id, Convert.ToHexString(f.Body.Span), f.ExpiresAt)));
    });

    [Fact]
    public void Rights_mean_the_same_again()
    {
        string[] roles = [Compat.SendRole, $"{Compat.JoinLeaveRole}.a.b", $"{Compat.JoinLeavePatternRole}.news.*", @$"{Compat.JoinLeavePatternRole}.x\*", "something.else"];
        var rights = SessionRights.With(SessionRights.With(SessionRights.Of(roles), Permission.SendToGroup, "closed", false), Permission.JoinLeaveGroup, "open", true)!;

        var (kept, single) = rights.Capture();
        var again = SessionRights.Restore(kept, single)!;

        foreach (var permission in Enum.GetValues<Permission>())
            foreach (var group in new[] { "a.b", "a", "news.today", "news.a.b", "x*", "xy", "closed", "open", "other" })
                Assert.Equal(rights.May(permission, group), again.May(permission, group));
        Assert.Null(SessionRights.Restore([], []));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("{")]
    public void Bytes_that_are_no_session_are_refused(string text) =>
        Assert.Throws<JsonException>(() => SessionState.FromBytes(System.Text.Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Members_of_a_newer_release_are_passed_over()
    {
        var state = States.Single();
        var bytes = System.Text.Encoding.UTF8.GetString(state.ToBytes());
        var newer = System.Text.Encoding.UTF8.GetBytes(bytes.Insert(1, "\"Newer\":{\"a\":[1]},"));
        Assert.Equal(state.ToBytes(), SessionState.FromBytes(newer).ToBytes());
    }
}

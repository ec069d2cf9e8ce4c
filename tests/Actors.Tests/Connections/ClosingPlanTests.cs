using System.Collections.Frozen;
using System.Text;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using CsCheck;

namespace ActorSockets.Actors.Tests.Connections;

public sealed class ClosingPlanTests
{
    private static readonly TimeSpan Handshake = TimeSpan.FromSeconds(5);
    private static readonly NodeSettings Settings = Make.Settings();
    private static readonly SessionInfo Session = new(new ConnectionId("c"), "n", Make.Hub, null, Make.Address(), null, DateTimeOffset.UnixEpoch);

    public static TheoryData<string> Endings() => [.. EndingCatalogue.All.Select(e => e.Id)];

    [Theory]
    [MemberData(nameof(Endings))]
    public void Each_ending_puts_on_the_wire_what_the_catalogue_says(string id)
    {
        var ending = EndingCatalogue.Find(id)!;

        var plan = ClosingPlan.For(new EndRequest(ending), null, Settings, Handshake);

        Assert.Equal(ending.Code, plan.Code);
        Assert.Equal(ending.FramedByLibrary ? null : ending.Code, plan.Order.Code);
        Assert.Equal(ending == EndingCatalogue.KeepAliveTimeout, plan.Order.Abort);
        Assert.Equal(ending.FramedByLibrary || ending.Code is null ? string.Empty : id, plan.Text);
    }

    [Fact]
    public void The_configured_code_of_an_ending_is_used()
    {
        var settings = Settings with { EndingCodes = new Dictionary<string, int> { ["shutdown"] = 4001 }.ToFrozenDictionary() };
        Assert.Equal(4001, ClosingPlan.For(new EndRequest(EndingCatalogue.Shutdown), null, settings, Handshake).Order.Code);
        Assert.Equal(4002, ClosingPlan.For(new EndRequest(EndingCatalogue.Shutdown) { Code = 4002 }, null, settings, Handshake).Order.Code);
    }

    [Fact]
    public void A_drain_closes_within_one_handshake_and_everybody_else_within_two()
    {
        var drained = ClosingPlan.For(new EndRequest(EndingCatalogue.MaintenanceDrain) { Drain = "d" }, null, Settings, Handshake);
        Assert.Equal((Handshake, Handshake), (drained.Order.Bound, drained.Order.Handshake));
        Assert.Equal("d", drained.Record(Session, CloseOutcome.Clean, DateTimeOffset.UnixEpoch, default).Drain);
        Assert.Equal(2 * Handshake, ClosingPlan.For(new EndRequest(EndingCatalogue.ServerClosed), null, Settings, Handshake).Order.Bound);
    }

    [Fact]
    public void Aborting_sends_nothing_and_keeps_the_reason_as_a_note()
    {
        var plan = ClosingPlan.For(new EndRequest(EndingCatalogue.ServerClosed) { Abort = true, Code = 4000, Reason = "now" }, null, Settings, Handshake);
        Assert.Equal(((int?)null, true, string.Empty), (plan.Order.Code, plan.Order.Abort, plan.Order.Text));
        Assert.Equal("now", plan.Note);
    }

    [Fact]
    public void No_text_is_ever_too_long_for_a_close_frame() => Gen.Select(Gen.String, Gen.Int[0, 60], Gen.Bool).Sample((text, times, verbatim) =>
    {
        var longText = string.Concat(Enumerable.Repeat(text, times));
        var request = new EndRequest(EndingCatalogue.ServerClosed) { Reason = verbatim ? longText : null, Detail = verbatim ? null : longText };
        var plan = ClosingPlan.For(request, null, Settings, Handshake);
        Assert.InRange(Encoding.UTF8.GetByteCount(plan.Order.Text), 0, CloseText.MaxBytes);
    });

    [Theory]
    [InlineData(CloseOutcome.Clean, 1001)]
    [InlineData(CloseOutcome.Unanswered, 1001)]
    [InlineData(CloseOutcome.Aborted, null)]
    [InlineData(CloseOutcome.Lost, null)]
    public void A_frame_that_never_got_out_is_not_remembered_as_sent(CloseOutcome outcome, int? code)
    {
        var record = ClosingPlan.For(new EndRequest(EndingCatalogue.Shutdown), null, Settings, Handshake).Record(Session, outcome, DateTimeOffset.UnixEpoch, default);
        Assert.Equal(code, record.Code);
        Assert.Equal(code is null ? string.Empty : "shutdown", record.Text);
    }
}

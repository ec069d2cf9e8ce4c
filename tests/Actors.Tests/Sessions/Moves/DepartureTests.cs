using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Tests.Scene;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

public sealed class DepartureTests
{
    private static readonly EndRequest Drained = new(EndingCatalogue.MaintenanceDrain) { Drain = "d1" };

    [Fact]
    public void It_may_live_elsewhere_only_once_its_state_was_given()
    {
        var departure = new Departure(Drained, null);
        Assert.False(departure.AtRest(isQuiet: true));

        departure.Rest(wasOpen: true);
        Assert.Equal((false, true), (departure.IsPaused, departure.WasOpen));
        Assert.True(departure.AtRest(isQuiet: true));
        Assert.False(departure.AtRest(isQuiet: true));
        Assert.Equal((true, false), (departure.IsPaused, departure.IsGiven));

        departure.Give();
        Assert.True(departure.IsGiven);
    }

    [Fact]
    public void Whose_client_does_not_come_to_rest_is_not_paused()
    {
        var departure = new Departure(Drained, null);
        departure.Rest(wasOpen: false);

        Assert.True(departure.AtRest(isQuiet: false));
        Assert.False(departure.IsPaused);
    }

    [Fact]
    public void What_was_planned_happens_when_it_stays()
    {
        Assert.Equal(Departure.Staying.GoesOn, Staying(null));
        Assert.Equal(Departure.Staying.LosesTransport, Staying(Drained));
        Assert.Equal(Departure.Staying.Ends, Staying(new EndRequest(EndingCatalogue.Shutdown)));

        var lost = new Departure(Drained, null);
        lost.Lose();
        Assert.Equal(Departure.Staying.Ends, lost.WhenItStays(Make.Settings()));
        Assert.Equal((EndingCatalogue.NodeLost, 1008), (lost.Request!.Ending, lost.Request.Code));
    }

    [Fact]
    public void Its_transport_is_closed_by_the_plan_or_cut_when_its_client_is_elsewhere_already()
    {
        Assert.Equal((Drained, "why"), new Departure(Drained, "why").WhenGone());
        Assert.Equal((EndingCatalogue.ConnectionLost, true), (new Departure(null, null).WhenGone().Request.Ending, new Departure(null, null).WhenGone().Request.Abort));
    }

    [Fact]
    public void Every_other_drain_that_wants_it_to_go_is_remembered_once()
    {
        var departure = new Departure(Drained, null);
        foreach (var drain in new[] { "d1", "d2", null, "d2", "d3" }) departure.Join(drain);

        Assert.Equal(["d2", "d3"], departure.Drains.Order(StringComparer.Ordinal));
    }

    private static Departure.Staying Staying(EndRequest? request) => new Departure(request, null).WhenItStays(Make.Settings());
}

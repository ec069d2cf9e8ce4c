using System.Collections.Frozen;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Tests.Scene;

namespace ActorSockets.Actors.Tests.Sessions;

public sealed class SessionFateTests
{
    private static readonly string[] Moving = ["max-lifetime", "maintenance", "rebalance"];
    private static readonly string[] Losses = ["connection-lost", "keepalive-timeout"];

    /// <summary>What official clients do depends on nothing but the code: after 1008 they begin anew, else they recover.</summary>
    [Fact]
    public void Every_ending_either_keeps_the_session_or_says_so_by_its_code()
    {
        foreach (var ending in EndingCatalogue.All)
        {
            var request = new EndRequest(ending) { Code = null };
            Assert.Equal(Moving.Contains(ending.Id), SessionFate.IsMove(request, Make.Settings()));
            Assert.Equal(Losses.Contains(ending.Id), SessionFate.IsLoss(ending));
            var code = SessionFate.Destroying(request).Code;
            Assert.Equal(ending.Code is null || ending.FramedByLibrary ? null : 1008, code);
        }
    }

    [Fact]
    public void A_code_that_a_caller_chose_gives_way_and_the_one_of_a_fault_found_by_the_protocol_too()
    {
        Assert.Equal(1008, SessionFate.Destroying(new EndRequest(EndingCatalogue.ServerClosed) { Code = 4000 }).Code);
        Assert.Equal(1008, SessionFate.Destroying(new EndRequest(EndingCatalogue.InvalidPayload) { Code = 1007 }).Code);
        Assert.False(SessionFate.IsMove(new EndRequest(EndingCatalogue.MaintenanceDrain) { Code = 1008 }, Make.Settings()));
        Assert.True(SessionFate.IsMove(new EndRequest(EndingCatalogue.MaintenanceDrain) { Code = 4000 }, Make.Settings()));
    }

    [Fact]
    public void Where_the_configured_code_makes_clients_begin_anew_nothing_is_kept_for_them()
    {
        var settings = Make.Settings() with { EndingCodes = new Dictionary<string, int> { ["maintenance"] = 1008 }.ToFrozenDictionary() };
        Assert.False(SessionFate.IsMove(new EndRequest(EndingCatalogue.MaintenanceDrain), settings));
        Assert.True(SessionFate.IsMove(new EndRequest(EndingCatalogue.MaintenanceDrain) { Code = 1012 }, settings));
        Assert.True(SessionFate.IsMove(new EndRequest(EndingCatalogue.Rebalance), settings));
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1001, false)]
    [InlineData(1011, true)]
    [InlineData(4999, true)]
    public void Only_a_normal_close_of_the_client_is_meant_or_a_page_that_is_left(int code, bool isLoss) =>
        Assert.Equal(isLoss, SessionFate.IsLoss(new ConnectionProtocol.PeerClosed(code, "")));
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Tests;
using Akka.Actor;

namespace ActorSockets.Actors.Tests.Sessions.Moves;

public sealed class HeldBackTests
{
    private readonly HeldBack _held = new();

    [Fact]
    public void What_ends_a_session_is_held_however_many_ask()
    {
        for (var i = 0; i < HeldBack.MostQuestions; i++) Assert.True(Add(new ConnectionProtocol.ExtendUntil(DateTimeOffset.UnixEpoch)));
        Assert.False(Add(new ConnectionProtocol.ExtendUntil(DateTimeOffset.UnixEpoch)));

        Assert.True(Add(Ends(EndingCatalogue.Banned)));
        Assert.True(Add(new ConnectionProtocol.CheckToken(GuardSnapshot.Empty)));
        Assert.True(Add(new SessionProtocol.FromTransport(new FakeTransport(TimeProvider.System), new ConnectionProtocol.PeerClosed(1000, ""))));

        Assert.Equal(HeldBack.MostQuestions + 3, _held.Messages.Count);
    }

    [Fact]
    public void An_end_that_changes_nothing_takes_no_place()
    {
        for (var i = 0; i < 1000; i++)
        {
            Add(Ends(EndingCatalogue.MaintenanceDrain, drain: "d1"));
            Add(Ends(EndingCatalogue.MaintenanceDrain, drain: "d2"));
            Add(Ends(EndingCatalogue.Banned));
            Add(Ends(EndingCatalogue.ServerClosed));
            Add(Ends(EndingCatalogue.Shutdown));
            Add(Ends(EndingCatalogue.Shutdown, abort: true));
        }

        Assert.Equal(
            [Ends(EndingCatalogue.MaintenanceDrain, drain: "d1"), Ends(EndingCatalogue.MaintenanceDrain, drain: "d2"), Ends(EndingCatalogue.Banned), Ends(EndingCatalogue.Shutdown, abort: true)],
            _held.Messages.Select(m => m.Message));
    }

    [Fact]
    public void Of_looks_at_the_token_the_last_one_counts_and_an_extension_stays_between_two()
    {
        var (first, second, third) = (Look(), Look(), Look());
        var extend = new ConnectionProtocol.ExtendUntil(DateTimeOffset.UnixEpoch);
        foreach (var message in new object[] { first, second, extend, third }) Add(message);

        Assert.Equal([second, extend, third], _held.Messages.Select(m => m.Message), ReferenceEquals);
    }

    private static ConnectionProtocol.CheckToken Look() => new(GuardSnapshot.Empty);

    private static ConnectionProtocol.End Ends(Ending ending, string? drain = null, bool abort = false) => new(new EndRequest(ending) { Drain = drain, Abort = abort });

    private bool Add(object message) => _held.Add(message, ActorRefs.Nobody);
}

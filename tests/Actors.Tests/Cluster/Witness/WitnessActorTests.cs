using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Cluster.Witness;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Tests.Scene;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using static ActorSockets.Actors.Cluster.Witness.WitnessProtocol;
using static ActorSockets.Actors.Tests.Cluster.Witness.WitnessScene;

namespace ActorSockets.Actors.Tests.Cluster.Witness;

/// <summary>The witness of node a, with those of the others as probes.</summary>
[Collection("actors")]
public sealed class WitnessActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>From the loss of a node until its sessions are reported, where nobody says anything.</summary>
    private static readonly TimeSpan Silence = WitnessActor.AskWithin + WitnessActor.MetWithin;

    private readonly VirtualTime _time;
    private readonly Live<Membership> _membership = new(Members(Member("a") with { State = MemberState.Joining }));
    private readonly Live<WitnessReport> _report = new(WitnessReport.None);
    private readonly Dictionary<string, TestProbe> _peers;
    private readonly TestProbe _lost;
    private readonly IActorRef _actor;

    public WitnessActorTests()
        : base(VirtualTime.Config)
    {
        _time = new VirtualTime(Sys);
        _peers = new[] { "b", "c", "d", "e" }.ToDictionary(tag => tag, _ => CreateTestProbe());
        _lost = CreateTestProbe();
        Sys.EventStream.Subscribe(_lost, typeof(LifecycleEvents.Lost));
        _actor = Sys.ActorOf(WitnessActor.Props(_membership, m => _peers[m.Tag], _report, _time.Clock));
    }

    [Fact]
    public async Task The_next_node_is_told_of_the_sessions_here_and_then_of_what_changes()
    {
        var (ann, ben) = (Session(), Session(user: "ben"));
        await Publish(new LifecycleEvents.Opened(ann));
        await See(Member("b"), Member("c"));

        var first = await Beat("b");
        Assert.Equal(("a", 0), (first.From, first.Part));
        Assert.Equal([ann.Id], first.Held.Select(h => h.Id));

        // One at a time: what happens meanwhile is the next part.
        await Publish(new LifecycleEvents.Adopted(ben));
        await Publish(new LifecycleEvents.StateKept(ben.Id, "kept"));
        await Publish(new LifecycleEvents.Ended(Ended(ann)));
        await Beat();
        Assert.Equal(new WitnessReport("box-b", 1, 3), _report.Current);
        Hear(first, "b");
        var second = await Beat("b");
        Assert.Equal(1, second.Part);
        Assert.Equal([WitnessedSession.Of(ben, "kept")], second.Held);
        Assert.Equal([ann.Id], second.Gone);

        Hear(second, "b");
        await Publish(new LifecycleEvents.Surrendered(ben));
        Assert.Equal([ben.Id], (await Beat("b")).Gone);
        await _peers["b"].ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_part_that_is_not_heard_is_said_again()
    {
        await See(Member("b"));
        var first = await Beat("b");

        for (var i = 0; i < 20; i++) await Beat();

        Assert.Equal(first, await _peers["b"].ExpectMsgAsync<Told>(Patience));
    }

    [Fact]
    public async Task A_witness_that_has_forgotten_is_told_everything()
    {
        var session = Session();
        await Publish(new LifecycleEvents.Opened(session));
        await See(Member("b"));
        var first = await Beat("b");
        Hear(first, "b");

        _actor.Tell(new Anew("b", first.Roster), _peers["b"]);
        var again = await Beat("b");

        Assert.Equal(0, again.Part);
        Assert.True(again.Roster > first.Roster);
        Assert.Equal([session.Id], again.Held.Select(h => h.Id));

        // Of what is out of date.
        _actor.Tell(new Anew("b", first.Roster), _peers["b"]);
        _actor.Tell(new Heard("c", again.Roster, 0), _peers["c"]);
        await Beat();
        await _peers["b"].ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task When_the_witness_is_missed_another_is_told_and_the_first_forgets_when_it_is_back()
    {
        var session = Session();
        await Publish(new LifecycleEvents.Opened(session));
        await See(Member("b"), Member("c"));
        var first = await Beat("b");
        await _peers["c"].ExpectNoMsgAsync(TimeSpan.Zero);
        Hear(first, "b");
        Assert.Equal(first.Roster, (await _peers["c"].ExpectMsgAsync<Elsewhere>(Patience)).Roster);

        await See(Member("b") with { Reachable = false }, Member("c"));
        var second = await Beat("c");
        Assert.True(second.Roster > first.Roster);
        Assert.Equal([session.Id], second.Held.Select(h => h.Id));

        // What it knows is all that anybody knows until the other has heard.
        await See(Member("b"), Member("c"));
        await Beat();
        await _peers["b"].ExpectNoMsgAsync(TimeSpan.Zero);
        Hear(second, "c");
        Assert.Equal(second.Roster, (await _peers["b"].ExpectMsgAsync<Elsewhere>(Patience)).Roster);

        await See(Member("b") with { Reachable = false }, Member("c"));
        await See(Member("b"), Member("c"));
        Assert.Equal(second.Roster, (await _peers["b"].ExpectMsgAsync<Elsewhere>(Patience)).Roster);

        await See(Member("b") with { Reachable = false }, Member("c") with { Reachable = false });
        await Beat();
        Assert.Equal(new WitnessReport(null, 1, 1), _report.Current);
    }

    [Fact]
    public async Task The_sessions_of_a_lost_node_end_once_with_what_was_told_of_them()
    {
        var (ann, ben) = (Session("b"), Session("b", "ben"));
        await See(Member("b"), Member("c"));
        await Tell("b", 0, [WitnessedSession.Of(ann, null), WitnessedSession.Of(ben, null)]);
        await Tell("b", 1, [WitnessedSession.Of(ann, "kept")], [ben.Id]);

        await See(Member("b") with { State = MemberState.Down, Reachable = false }, Member("c"));
        await See(Member("c"));
        Assert.Equal(("a", "b", 7), await FishBereft("c"));
        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);

        await Beats(Silence);
        var lost = await _lost.ExpectMsgAsync<LifecycleEvents.Lost>(Patience);
        Assert.Equal((ann, EndingCatalogue.NodeLost, "kept"), (lost.Record.Session, lost.Record.Ending, lost.State));
        Assert.Null(lost.Record.Code);
        Assert.Equal(CloseOutcome.Lost, lost.Record.Outcome);

        // Who is no member any more is not heard.
        _actor.Tell(new Told("b", 8, 0, [WitnessedSession.Of(ben, null)], []), _peers["b"]);
        await Beats(Silence);
        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_node_that_left_in_order_is_not_lost()
    {
        await See(Member("b"), Member("c"));
        await Tell("b", 0, [WitnessedSession.Of(Session("b"), null)]);

        await See(Member("b") with { State = MemberState.Leaving }, Member("c"));
        await See(Member("c"));
        await Beats(Silence);

        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_roster_that_is_out_of_date_is_not_reported()
    {
        await See(Member("b"), Member("c"), Member("d"));
        await Tell("b", 0, [WitnessedSession.Of(Session("b"), null)]);
        await Tell("c", 0, [WitnessedSession.Of(Session("c"), null)]);
        await Tell("d", 0, [WitnessedSession.Of(Session("d"), null)]);

        // One says by itself that it told somebody else, of the others somebody says to know more or less.
        _actor.Tell(new Elsewhere("b", 6), _peers["b"]);
        _actor.Tell(new Elsewhere("b", 8), _peers["b"]);
        await See(Lost("c"), Lost("d"), Member("e"));
        await See(Member("e"));
        _actor.Tell(new Bereft("e", "c", 8), _peers["e"]);
        _actor.Tell(new Bereft("e", "d", 6), _peers["e"]);
        await Beats(Silence);

        Assert.Equal("box-d", (await _lost.ExpectMsgAsync<LifecycleEvents.Lost>(Patience)).Record.Session.Node);
        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
        var said = (await ReceivedAsync(_peers["e"])).OfType<Bereft>().Select(b => b.Lost).ToList();
        Assert.Equal(["c", "d", "d"], said);
    }

    [Fact]
    public async Task A_session_that_went_elsewhere_in_the_last_moment_lives_on()
    {
        var (here, there) = (Session("b"), Session("b"));
        await See(Member("b"), Member("c"));
        await Tell("b", 0, [WitnessedSession.Of(here, null), WitnessedSession.Of(there, null)]);
        await Publish(new LifecycleEvents.Adopted(here with { Node = "box-a" }));
        await Tell("c", 0, [WitnessedSession.Of(there with { Node = "box-c" }, null)]);

        await See(Lost("b"), Member("c"));
        await See(Member("c"));
        await Beats(Silence);

        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_session_that_went_to_a_node_which_tells_another_witness_lives_on_because_that_node_says_so()
    {
        var (gone, there, ended) = (Session("b"), Session("b"), Session("b"));
        await See(Member("b"), Member("c"), Member("d"), Member("e") with { Reachable = false });
        await Tell("b", 0, [WitnessedSession.Of(gone, null), WitnessedSession.Of(there, null), WitnessedSession.Of(ended, null)]);
        await See(Lost("b"), Member("c"), Member("d"), Member("e") with { Reachable = false });
        await See(Member("c"), Member("d"), Member("e") with { Reachable = false });

        await Beats(WitnessActor.AskWithin);
        var (c, d) = (await FishQuestion("c"), await FishQuestion("d"));
        Assert.Equal(c, d);
        Assert.Equal(new[] { gone.Id, there.Id, ended.Id }.Order(), c.Sessions.Order());
        Assert.DoesNotContain(await ReceivedAsync(_peers["e"]), m => m is HaveMet);
        Answer(c, "c", there.Id);
        await Beat();
        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);

        // With the last answer it is clear, and nobody waits any longer.
        Answer(d, "d", ended.Id);
        await Beat();

        Assert.Equal(gone, (await _lost.ExpectMsgAsync<LifecycleEvents.Lost>(Patience)).Record.Session);
        await Beats(Silence);
        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Who_stays_silent_is_not_waited_for_longer_than_a_second()
    {
        var (gone, there) = (Session("b"), Session("b"));
        await See(Member("b"), Member("c"), Member("d"));
        await Tell("b", 0, [WitnessedSession.Of(gone, null), WitnessedSession.Of(there, null)]);
        await See(Lost("b"), Member("c"), Member("d"));
        await See(Member("c"), Member("d"));
        await Beats(WitnessActor.AskWithin);
        var question = await FishQuestion("c");
        Answer(question, "c", there.Id);

        // Of another question, and of somebody who was not asked.
        Answer(question with { Page = 9 }, "d", gone.Id);
        Answer(question, "e", gone.Id);
        await Beats(WitnessActor.MetWithin - WitnessActor.Beat);
        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
        await Beat();

        Assert.Equal(gone, (await _lost.ExpectMsgAsync<LifecycleEvents.Lost>(Patience)).Record.Session);
        Answer(question, "d", gone.Id);
        await Beats(Silence);
        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_later_roster_makes_void_what_is_being_asked_for()
    {
        await See(Member("b"), Member("c"));
        await Tell("b", 0, [WitnessedSession.Of(Session("b"), null)]);
        await See(Lost("b"), Member("c"));
        await See(Member("c"));
        await Beats(WitnessActor.AskWithin);
        var question = await FishQuestion("c");

        _actor.Tell(new Bereft("c", "b", 8), _peers["c"]);
        Answer(question, "c");
        await Beats(Silence);

        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Who_is_asked_names_the_sessions_that_are_here_and_those_of_other_nodes_that_ended_here()
    {
        var (here, opened, adopted, passedOn, orphan) = (Session(), Session(), Session("b"), Session("b"), Session());
        await Publish(new LifecycleEvents.Opened(here));
        await Publish(new LifecycleEvents.Opened(opened));
        await Publish(new LifecycleEvents.Opened(orphan));
        await Publish(new LifecycleEvents.Adopted(adopted));
        await Publish(new LifecycleEvents.Adopted(passedOn));
        await Publish(new LifecycleEvents.Ended(Ended(opened)));
        await Publish(new LifecycleEvents.Ended(Ended(adopted)));
        await Publish(new LifecycleEvents.Surrendered(passedOn));

        // Its new node was lost in the middle of the hand-over, and may have told its own witness.
        await Publish(new LifecycleEvents.Ended(Ended(orphan) with { Ending = EndingCatalogue.NodeLost }));
        await See(Member("c"));

        _actor.Tell(new HaveMet("c", 7, 3, [here.Id, opened.Id, adopted.Id, passedOn.Id, orphan.Id]), _peers["c"]);

        var met = await _peers["c"].FishForMessageAsync<Met>(_ => true, Patience);
        Assert.Equal(("a", 7, 3), (met.From, met.Roster, met.Page));
        Assert.Equal([here.Id, adopted.Id, orphan.Id], met.Sessions);
    }

    [Fact]
    public async Task A_full_node_is_asked_for_and_reported_at_a_pace_although_nobody_answers()
    {
        const int count = (2 * WitnessActor.ReportedPerBeat) + 10;
        await See(Member("b"), Member("c"));
        await Tell("b", 0, [.. Enumerable.Range(0, count).Select(_ => WitnessedSession.Of(Session("b"), null))]);
        await See(Lost("b"), Member("c"));
        await See(Member("c"));

        await Beats(Silence);
        var first = (await ReceivedAsync(_lost)).Count;
        await Beat();
        var second = (await ReceivedAsync(_lost)).Count;
        await Beat();
        var rest = (await ReceivedAsync(_lost)).Count;

        Assert.Equal((WitnessActor.ReportedPerBeat, WitnessActor.ReportedPerBeat, 10), (first, second, rest));
        var questions = (await ReceivedAsync(_peers["c"])).OfType<HaveMet>().Select(q => q.Sessions.Count);
        Assert.Equal([WitnessActor.ReportedPerBeat, WitnessActor.ReportedPerBeat, 10], questions);
    }

    [Fact]
    public async Task A_node_that_was_let_go_says_which_ends_only_it_can_report()
    {
        var (known, unknown) = (Session(), Session(user: "ben"));
        await Publish(new LifecycleEvents.Opened(known));
        await See(Member("b"), Member("c"));
        Hear(await Beat("b"), "b");
        await Publish(new LifecycleEvents.StateKept(known.Id, "not told yet"));
        await Publish(new LifecycleEvents.Opened(unknown));

        await See(Member("b") with { Reachable = false }, Member("c"));
        await See(Member("b") with { Reachable = false }, Member("c") with { Reachable = false });

        // The witness' old answers come back, while what it is told does not reach it any more.
        await See(Member("b"), Member("c") with { Reachable = false });
        await Beat();
        LetGo();

        Assert.Equal([unknown.Id], (await _actor.Ask<Untold>(WhoReports.Instance, Patience)).Here!);
    }

    [Fact]
    public async Task Cut_off_together_with_another_a_node_leaves_to_its_first_witness_what_that_one_knew()
    {
        var (known, unknown) = (Session(), Session());
        await Publish(new LifecycleEvents.Opened(known));
        await See(Member("b"), Member("c"), Member("d"));
        Hear(await Beat("b"), "b");

        // Both sessions are told to the one on the same side.
        var (b, d) = (Member("b") with { Reachable = false }, Member("d") with { Reachable = false });
        await See(b, Member("c"), d);
        await Publish(new LifecycleEvents.Opened(unknown));
        Hear(await Beat("c"), "c");
        LetGo(b, Member("c") with { State = MemberState.Down }, d);

        Assert.Equal([unknown.Id], (await _actor.Ask<Untold>(WhoReports.Instance, Patience)).Here!);
    }

    [Fact]
    public async Task A_first_witness_that_was_told_of_the_second_reports_nobody()
    {
        await Publish(new LifecycleEvents.Opened(Session()));
        await See(Member("b"), Member("c"), Member("d"));
        Hear(await Beat("b"), "b");
        var d = Member("d") with { Reachable = false };
        await See(Member("b") with { Reachable = false }, Member("c"), d);
        Hear(await Beat("c"), "c");
        await See(Member("b"), Member("c"), d);

        LetGo(Member("b"), Member("c") with { State = MemberState.Down }, d);

        Assert.Null((await _actor.Ask<Untold>(WhoReports.Instance, Patience)).Here);
    }

    [Fact]
    public async Task Who_asks_before_it_is_seen_that_the_node_was_let_go_waits_for_that()
    {
        var known = Session();
        await Publish(new LifecycleEvents.Opened(known));
        await See(Member("b"), Member("c"));
        Hear(await Beat("b"), "b");

        var answer = _actor.Ask<Untold>(WhoReports.Instance, Patience);
        await Beat();
        Assert.False(answer.IsCompleted);
        LetGo();

        Assert.Empty((await answer).Here!);
    }

    [Fact]
    public async Task A_node_that_is_let_go_reports_nobody_whom_it_has_just_missed()
    {
        await See(Member("b"), Member("c"));
        await Tell("b", 0, [WitnessedSession.Of(Session("b"), null)]);
        await See(Lost("b"), Member("c"));
        await See(Member("c"));

        LetGo();
        await Beats(Silence);

        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_node_that_leaves_reports_nobody_who_vanishes_from_its_sight()
    {
        await See(Member("b"), Member("c"));
        await Tell("b", 0, [WitnessedSession.Of(Session("b"), null)]);
        await See(Member("b") with { Reachable = false }, Member("c"));

        var up = _membership.Current;
        _membership.Publish(new Membership(up.Self with { State = MemberState.Down }, []));
        _actor.Tell(new MembershipChanged(up, _membership.Current), ActorRefs.NoSender);
        await Beats(Silence);

        await _lost.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_part_without_the_one_before_is_asked_for_anew_and_one_that_was_heard_is_said_to_be()
    {
        await See(Member("b"), Member("c"));
        _actor.Tell(new Told("b", 7, 1, [], []), _peers["b"]);
        Assert.Equal(new Anew("a", 7), await _peers["b"].FishForMessageAsync<Anew>(_ => true, Patience));

        await Tell("b", 0, [WitnessedSession.Of(Session("b"), null)]);
        await Tell("b", 0, []);
        _actor.Tell(new Told("b", 7, 2, [], []), _peers["b"]);
        Assert.Equal(new Anew("a", 7), await _peers["b"].FishForMessageAsync<Anew>(_ => true, Patience));
    }

    private static MemberNode Lost(string tag) => Member(tag) with { State = MemberState.Down, Reachable = false };

    /// <summary>When the actor listens.</summary>
    private async Task Publish(object fact)
    {
        await SettledAsync();
        Sys.EventStream.Publish(fact);
    }

    private void Hear(Told told, string by) => _actor.Tell(new Heard(by, told.Roster, told.Part), _peers[by]);

    /// <summary>Roster 7 of another node, and waits until it is heard.</summary>
    private async Task Tell(string from, int part, IReadOnlyList<WitnessedSession> held, params ConnectionId[] gone)
    {
        _actor.Tell(new Told(from, 7, part, held, gone), _peers[from]);
        Assert.Equal(new Heard("a", 7, part), await _peers[from].FishForMessageAsync<Heard>(_ => true, Patience));
    }

    private Task<HaveMet> FishQuestion(string to) => _peers[to].FishForMessageAsync<HaveMet>(_ => true, Patience).AsTask();

    private void Answer(HaveMet question, string by, params ConnectionId[] met) => _actor.Tell(new Met(by, question.Roster, question.Page, met), _peers[by]);

    private async Task<(string From, string Lost, long Roster)> FishBereft(string by)
    {
        var bereft = await _peers[by].FishForMessageAsync<Bereft>(_ => true, Patience);
        return (bereft.From, bereft.Lost, bereft.Roster);
    }

    /// <summary>The node knows what the others are, and everything that was said to it before.</summary>
    private async Task See(params MemberNode[] others)
    {
        var before = _membership.Current;
        _membership.Publish(new Membership(before.Self with { State = MemberState.Up }, others));
        _actor.Tell(new MembershipChanged(before, _membership.Current), ActorRefs.NoSender);
        await SettledAsync();
    }

    private async Task Beat()
    {
        _time.Advance(WitnessActor.Beat);
        await SettledAsync();
    }

    private async Task<Told> Beat(string told)
    {
        await Beat();
        return await _peers[told].FishForMessageAsync<Told>(_ => true, Patience);
    }

    private async Task Beats(TimeSpan length)
    {
        for (var passed = TimeSpan.Zero; passed < length; passed += WitnessActor.Beat) await Beat();
    }

    /// <summary>What has come so far: probes take what they are told on the teller's thread.</summary>
    private async Task<List<object>> ReceivedAsync(TestProbe probe)
    {
        await SettledAsync();
        var all = new List<object>();
        while (probe.HasMessages) all.Add(await probe.ReceiveOneAsync(Patience));
        return all;
    }

    private void LetGo() => LetGo([.. _membership.Current.Others]);

    private void LetGo(params MemberNode[] others)
    {
        var up = _membership.Current;
        _membership.Publish(new Membership(up.Self with { State = MemberState.Down }, others));
        _actor.Tell(new MembershipChanged(up, _membership.Current), ActorRefs.NoSender);
    }

    private async Task SettledAsync() => await _actor.Ask<ActorIdentity>(new Identify(null), Patience);
}

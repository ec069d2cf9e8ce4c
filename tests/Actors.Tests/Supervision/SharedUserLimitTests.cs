using ActorSockets.Actors.Cluster.Slots;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.Actors.Tests.Scene;
using ActorSockets.Tests;
using Akka.Actor;
using Akka.TestKit;

namespace ActorSockets.Actors.Tests.Supervision;

/// <summary>A supervisor whose users' limits are counted by somebody else.</summary>
public sealed class SharedUserLimitTests : SupervisorScene
{
    private readonly TestProbe _slots;

    public SharedUserLimitTests()
    {
        Limit(new LimitOptions { MaxConnectionsPerUser = 1 });
        _slots = CreateTestProbe();
        Tell(new SupervisorProtocol.ShareUserLimits(_slots));
    }

    [Fact]
    public async Task An_admission_waits_for_the_slot_and_says_when_it_is_open_and_free()
    {
        var admission = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        Assert.Equal(new UserKey(Make.Hub, "ann"), take.User);
        Assert.Equal((1, 0), await Counts());
        Assert.False(admission.Answer.IsCompleted);

        Tell(new UserSlotProtocol.Granted(take.Id, take.User));
        var client = await Admitted(admission);
        await Router.ExpectMsgAsync<RouterProtocol.Register>(Patience);
        client.Transport.Open();
        Assert.Equal(new UserSlotProtocol.Opened(take.Id, take.User), await _slots.ExpectMsgAsync<UserSlotProtocol.Opened>(Patience));
        client.Actor.Tell(new ConnectionProtocol.PeerClosed(1000, string.Empty), ActorRefs.NoSender);
        Assert.Equal(new UserSlotProtocol.Free(take.Id, take.User), await _slots.ExpectMsgAsync<UserSlotProtocol.Free>(Patience));
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task A_denied_slot_is_a_refusal_and_leaves_nothing_behind()
    {
        var admission = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);

        Tell(new UserSlotProtocol.Denied(take.Id, Refusals.UserLimit(1)));

        var refused = Assert.IsType<SupervisorProtocol.Refused>(await admission.Answer);
        Assert.Equal(("user-limit", 429), (refused.Refusal.Id, refused.Refusal.Status));
        Assert.Equal((0, 0), await Counts());
        await Router.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task Who_needs_no_slot_waits_for_nobody()
    {
        await Connect();
        await _slots.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
        Limit(new LimitOptions());
        await Connect("ann");
        await _slots.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task A_slot_that_comes_when_nobody_waits_is_given_back()
    {
        var user = new UserKey(Make.Hub, "ann");
        Tell(new UserSlotProtocol.Granted(new ConnectionId("x.y"), user));
        Assert.Equal(new UserSlotProtocol.Free(new ConnectionId("x.y"), user), await _slots.ExpectMsgAsync<UserSlotProtocol.Free>(Patience));

        var admission = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        Tell(new SupervisorProtocol.EndAll(new EndRequest(EndingCatalogue.Shutdown)));
        Assert.Equal(new UserSlotProtocol.Free(take.Id, user), await _slots.ExpectMsgAsync<UserSlotProtocol.Free>(Patience));
        Assert.Equal("draining", Assert.IsType<SupervisorProtocol.Refused>(await admission.Answer).Refusal.Id);
        Tell(new UserSlotProtocol.Granted(take.Id, user));
        await _slots.ExpectMsgAsync<UserSlotProtocol.Free>(Patience);
    }

    [Fact]
    public async Task A_ban_that_comes_while_the_slot_is_asked_for_is_kept()
    {
        var admission = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        var ban = new Ban(BanSubject.Of(take.User), Time.Now.AddHours(1), null);
        Tell(new SupervisorProtocol.GuardChanged(GuardSnapshot.Empty.With(ban), new GuardChange.Banned(ban)));

        Tell(new UserSlotProtocol.Granted(take.Id, take.User));

        Assert.Equal("banned", Assert.IsType<SupervisorProtocol.Refused>(await admission.Answer).Refusal.Id);
        await _slots.ExpectMsgAsync<UserSlotProtocol.Free>(Patience);
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task With_a_connect_handler_the_slot_is_asked_for_on_the_final_user()
    {
        var admission = Ask("ann", awaitsHandler: true);
        var client = await Admitted(admission);
        await _slots.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));

        var confirmed = Supervisor.Ask<object>(new SupervisorProtocol.Confirm(client.Id, "bob", null, null), Patience);
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        Assert.Equal("bob", take.User.UserId);
        Tell(new UserSlotProtocol.Granted(take.Id, take.User));

        Assert.Equal("bob", Assert.IsType<SupervisorProtocol.Admitted>(await confirmed).Session.UserId);
    }

    [Fact]
    public async Task Nobody_makes_room_on_a_full_node_for_a_client_that_its_user_limit_refuses()
    {
        Limit(new LimitOptions { MaxConnections = 1, MaxConnectionsPerUser = 1, WhenFull = WhenFull.CloseOldest });
        var first = await Connect();
        var refused = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        Tell(new UserSlotProtocol.Denied(take.Id, Refusals.UserLimit(1)));
        Assert.IsType<SupervisorProtocol.Refused>(await refused.Answer);
        Assert.False(first.Transport.Ordered.IsCompleted);

        var admission = Ask("ann");
        take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        Tell(new UserSlotProtocol.Granted(take.Id, take.User));
        await Admitted(admission);
        Assert.Equal("limit=node", (await Ended(first)).Text?.Split("; ")[1]);
    }

    [Fact]
    public async Task Who_has_to_go_is_closed_with_the_limits_ending_and_is_told_once()
    {
        var client = await Taken("ann", FakePeer.NeverAnswers);
        Tell(new UserSlotProtocol.Evict(client.Id, client.Session.User!.Value, ForThisNode: false, Gently: false));
        Tell(new UserSlotProtocol.Evict(client.Id, client.Session.User!.Value, ForThisNode: false, Gently: false));

        var order = await client.Transport.Ordered.WaitAsync(Patience);
        Assert.Equal((1013, "connection-limit; limit=user"), (order.Code, order.Text));
        await Settle(client);
        Assert.Equal(1, client.Transport.Orders);
        Assert.Equal((0, 1), await Counts());
        Time.Advance(TimeSpan.FromSeconds(30));
        await _slots.ExpectMsgAsync<UserSlotProtocol.Free>(Patience);
    }

    [Fact]
    public async Task Who_is_one_too_many_is_told_on_as_such_and_stays_when_there_is_room_again()
    {
        var client = await Taken("ann");
        var user = client.Session.User!.Value;
        Supervisor.Tell(new UserSlotProtocol.Evict(client.Id, user, ForThisNode: false, Gently: true), _slots);
        Assert.Equal(client.Id, (await _slots.ExpectMsgAsync<UserSlotProtocol.PassedOn>(Patience)).Id);
        Assert.Equal(HeldState.Excess, await StateOf(client));

        Tell(new UserSlotProtocol.Granted(client.Id, user));
        Assert.Equal(client.Id, (await _slots.ExpectMsgAsync<UserSlotProtocol.Spared>(Patience)).Id);
        Assert.Equal(client.Id, (await _slots.ExpectMsgAsync<UserSlotProtocol.Opened>(Patience)).Id);
        Assert.Equal(HeldState.Open, await StateOf(client));
        Assert.False(client.Transport.Ordered.IsCompleted);

        Tell(new UserSlotProtocol.Evict(client.Id, user, ForThisNode: false, Gently: false));
        Assert.Equal("limit=user", (await Ended(client)).Text?.Split("; ")[1]);
    }

    [Fact]
    public async Task Who_is_one_too_many_and_has_to_make_room_after_all_goes_at_once()
    {
        var client = await Taken("ann", FakePeer.NeverAnswers);
        var user = client.Session.User!.Value;
        Supervisor.Tell(new UserSlotProtocol.Evict(client.Id, user, ForThisNode: false, Gently: true), _slots);
        await _slots.ExpectMsgAsync<UserSlotProtocol.PassedOn>(Patience);

        Tell(new UserSlotProtocol.Evict(client.Id, user, ForThisNode: false, Gently: false));

        Assert.Equal(1013, (await client.Transport.Ordered.WaitAsync(Patience)).Code);
        Assert.Equal(HeldState.Passed, await StateOf(client));
    }

    [Fact]
    public async Task While_the_slot_is_asked_for_old_news_of_it_is_no_answer()
    {
        var admission = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        Tell(new UserSlotProtocol.Granted(take.Id, take.User) { Again = true });
        Supervisor.Tell(new UserSlotProtocol.Evict(take.Id, take.User, ForThisNode: false, Gently: true), _slots);
        Assert.Equal((1, 0), await Counts());
        await _slots.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(20));
        Assert.False(admission.Answer.IsCompleted);

        Tell(new UserSlotProtocol.Granted(take.Id, take.User));

        await Admitted(admission);
    }

    [Fact]
    public async Task Who_has_to_go_before_its_claim_is_answered_is_refused_and_frees_it()
    {
        var admission = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);

        Tell(new UserSlotProtocol.Evict(take.Id, take.User, ForThisNode: false, Gently: false));

        Assert.Equal("user-limit", Assert.IsType<SupervisorProtocol.Refused>(await admission.Answer).Refusal.Id);
        Assert.Equal(new UserSlotProtocol.Free(take.Id, take.User), await _slots.ExpectMsgAsync<UserSlotProtocol.Free>(Patience));
        Assert.Equal((0, 0), await Counts());
    }

    [Fact]
    public async Task A_newcomer_on_the_same_node_takes_all_of_the_victims_place()
    {
        Limit(new LimitOptions { MaxConnections = 1, MaxConnectionsPerUser = 1, WhenFull = WhenFull.CloseOldest });
        var client = await Taken("ann", FakePeer.NeverAnswers);
        var admission = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);

        Tell(new UserSlotProtocol.Evict(client.Id, take.User, ForThisNode: true, Gently: false));
        Tell(new UserSlotProtocol.Granted(take.Id, take.User));

        await Admitted(admission);
        Assert.Equal((1, 1), await Counts());
    }

    [Fact]
    public async Task What_it_holds_is_told_with_those_who_came_before_there_was_a_limit()
    {
        Limit(new LimitOptions());
        var before = await Connect("ann");
        Limit(new LimitOptions { MaxConnectionsPerUser = 3 });
        var open = await Taken("ann");
        await Connect();
        var opening = Ask("ann");
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        Tell(new UserSlotProtocol.Granted(take.Id, take.User));
        await Admitted(opening);
        _ = Ask("ann");
        await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);

        Supervisor.Tell(new UserSlotProtocol.GetHolders("owner", BucketSet.All(), 7, 9), _slots);

        var holders = await _slots.ExpectMsgAsync<UserSlotProtocol.Holders>(Patience);
        Assert.Equal(("owner", 7L, 9L), (holders.Owner, holders.View, holders.Round));
        Assert.Equal(
            new[] { (before.Id, HeldState.Open), (open.Id, HeldState.Open), (take.Id, HeldState.Opening) }.OrderBy(h => h.Id),
            holders.Held.Select(h => (h.Id, h.State)).OrderBy(h => h.Id));
        before.Actor.Tell(new ConnectionProtocol.PeerClosed(1000, string.Empty), ActorRefs.NoSender);
        Assert.Equal(before.Id, (await _slots.ExpectMsgAsync<UserSlotProtocol.Free>(Patience)).Id);
    }

    private async Task<HeldState> StateOf(Client client)
    {
        Supervisor.Tell(new UserSlotProtocol.GetHolders("owner", BucketSet.All(), 1, 1), _slots);
        return (await _slots.ExpectMsgAsync<UserSlotProtocol.Holders>(Patience)).Held.Single(h => h.Id == client.Id).State;
    }

    private async Task<Client> Taken(string user, FakePeer peer = FakePeer.Answers)
    {
        var admission = Ask(user, peer);
        var take = await _slots.ExpectMsgAsync<UserSlotProtocol.Take>(Patience);
        Tell(new UserSlotProtocol.Granted(take.Id, take.User));
        var client = await Admitted(admission);
        client.Transport.Open();
        await _slots.ExpectMsgAsync<UserSlotProtocol.Opened>(Patience);
        return client;
    }

    private Admission Ask(string user, FakePeer peer = FakePeer.Answers, bool awaitsHandler = false)
    {
        var transport = new FakeTransport(Time.Clock, peer);
        var question = Make.Question(transport, user) with { AwaitsHandler = awaitsHandler };
        return new Admission(transport, Supervisor.Ask<object>(new SupervisorProtocol.Admit(question), Patience));
    }

    private static async Task<Client> Admitted(Admission admission)
    {
        var admitted = Assert.IsType<SupervisorProtocol.Admitted>(await admission.Answer);
        admission.Transport.Attach(admitted.Connection);
        return new Client(admitted.Session, admission.Transport, admitted.Connection);
    }

    private sealed record Admission(FakeTransport Transport, Task<object> Answer);
}

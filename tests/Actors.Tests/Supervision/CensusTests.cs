using System.Net;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Supervision;
using ActorSockets.Tests;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Actors.Tests.Supervision;

/// <summary>The counts against a model that recounts everything.</summary>
public sealed class CensusTests
{
    private enum Step
    {
        Admit,
        AdmitUnconfirmed,
        AdmitOwing,
        Confirm,
        Open,
        Closing,
        Evict,
        End,
        EndTwice,
        Speak,
    }

    private static readonly Gen<(Step Step, int Which, int Hub, int User, int Address)[]> Interleavings =
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 1000], Gen.Int[0, 2], Gen.Int[0, 4], Gen.Int[0, 4], (step, which, hub, user, address) => (step, which, hub, user, address))
            .Array[0, 300];

    [Fact]
    public void Any_interleaving_keeps_every_count_exact_and_never_negative() => Interleavings.Sample(
        steps =>
        {
            var model = new Model();
            foreach (var step in steps)
            {
                model.Do(step.Step, step.Which, step.Hub, step.User, step.Address);
                model.Compare();
            }

            model.EndAll();
            model.Compare();
            Assert.Equal(0, model.Census.Count);
            Assert.Empty(model.Census.Hubs);
        },
        iter: 300);

    [Fact]
    public void Steps_that_do_not_fit_the_state_change_nothing()
    {
        var census = new Census(new Random(1));
        var seat = NewSeat(new FakeTimeProvider(), "a");
        Assert.False(census.Open(seat));
        Assert.False(census.End(seat));
        Assert.True(census.Admit(seat, "h", null, null));
        Assert.False(census.Admit(seat, "h", null, null));
        Assert.False(census.Evict(seat));
        Assert.True(census.Closing(seat));
        Assert.False(census.Open(seat));
        Assert.False(census.Evict(seat));
        Assert.True(census.End(seat));
        Assert.False(census.End(seat));
        Assert.Equal(0, census.Node.Held);
    }

    [Fact]
    public void A_shared_address_and_an_anonymous_client_are_counted_by_node_and_hub_only()
    {
        var census = new Census(new Random(1));
        var seat = NewSeat(new FakeTimeProvider(), "a");

        census.Admit(seat, "h", null, null);

        Assert.Equal(1, census.Node.Held);
        Assert.Equal(1, census.Hub("h")!.Held);
        Assert.Null(seat.User);
        Assert.Null(seat.Address);
    }

    [Fact]
    public void The_idlest_of_many_is_found_in_a_sample()
    {
        var time = new FakeTimeProvider();
        var census = new Census(new Random(1));
        for (var i = 0; i < 10_000; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            var seat = NewSeat(time, $"c{i}");
            census.Admit(seat, "h", null, null);
            census.Open(seat);
        }

        var ranks = Enumerable.Range(0, 200).Select(_ => census.Idlest(census.Node)!.Rank).ToArray();

        // 64 draws miss the idlest tenth with a probability of 0.1 %.
        Assert.InRange(ranks.Count(rank => rank > 1000), 0, 3);
        Assert.True(ranks.Distinct().Count() > 50, "a sample, not a scan");
    }

    [Fact]
    public void Who_never_spoke_is_silent_since_the_admission()
    {
        var time = new FakeTimeProvider();
        var census = new Census(new Random(1));
        var talker = NewSeat(time, "talker");
        time.Advance(TimeSpan.FromSeconds(1));
        var silent = NewSeat(time, "silent");
        time.Advance(TimeSpan.FromSeconds(1));
        foreach (var seat in new[] { talker, silent })
        {
            census.Admit(seat, "h", null, null);
            census.Open(seat);
        }

        ((FakeTransport)talker.Transport).Receive();

        Assert.Same(silent, census.Idlest(census.Node));
        Assert.Same(talker, census.Oldest(census.Node));
    }

    private static Seat NewSeat(FakeTimeProvider time, string id) => new(new ConnectionId(id), new FakeTransport(time), time.GetTimestamp());

    /// <summary>The same bookkeeping by recounting everything each time.</summary>
    private sealed class Model
    {
        private readonly List<Entry> _entries = [];
        private readonly FakeTimeProvider _time = new();
        private int _next;
        private long _opened;

        internal Census Census { get; } = new(new Random(7));

        internal void Do(Step step, int which, int hub, int user, int address)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            if (step is Step.Admit or Step.AdmitUnconfirmed or Step.AdmitOwing)
            {
                var entry = new Entry(NewSeat(_time, $"c{_next++}"), $"hub{hub}", address == 0 ? null : Address(address)) { State = SeatState.Opening, Owes = step == Step.AdmitOwing };
                if (step == Step.Admit && user > 0) entry.User = new UserKey(entry.Hub, $"u{user}");
                Assert.True(Census.Admit(entry.Seat, entry.Hub, entry.Address, entry.User, entry.Owes));
                _entries.Add(entry);
                return;
            }

            if (_entries.Count == 0) return;
            Apply(step, _entries[which % _entries.Count], user);
        }

        private void Apply(Step step, Entry entry, int user)
        {
            switch (step)
            {
                case Step.Confirm:
                    var key = user == 0 ? (UserKey?)null : new UserKey(entry.Hub, $"u{user}");
                    if (Census.Confirm(entry.Seat, key)) (entry.User, entry.Owes) = (key, false);
                    break;
                case Step.Open when entry.State == SeatState.Opening:
                    Assert.True(Census.Open(entry.Seat));
                    (entry.State, entry.Opened, entry.Owes) = (SeatState.Open, _opened++, false);
                    break;
                case Step.Closing when entry.State is SeatState.Opening or SeatState.Open:
                    Assert.True(Census.Closing(entry.Seat));
                    entry.State = SeatState.Closing;
                    break;
                case Step.Evict when entry.State == SeatState.Open:
                    Assert.True(Census.Evict(entry.Seat));
                    entry.State = SeatState.Evicted;
                    break;
                case Step.End:
                    End(entry);
                    break;
                case Step.EndTwice:
                    End(entry);
                    Assert.False(Census.End(entry.Seat));
                    break;
                case Step.Speak:
                    ((FakeTransport)entry.Seat.Transport).Receive();
                    entry.Spoke = _time.GetTimestamp();
                    break;
            }
        }

        internal void EndAll()
        {
            foreach (var entry in _entries.ToArray()) End(entry);
        }

        private void End(Entry entry)
        {
            Assert.True(Census.End(entry.Seat));
            _entries.Remove(entry);
        }

        internal void Compare()
        {
            Assert.Equal(_entries.Count, Census.Count);
            Check(Census.Node, _ => true);
            for (var i = 0; i <= 4; i++)
            {
                var hub = $"hub{i}";
                Check(Census.Hub(hub), e => e.Hub == hub);
                var address = Address(i);
                Check(Census.Address(address), e => e.Address == address);
                for (var u = 0; u <= 4; u++)
                {
                    var user = new UserKey(hub, $"u{u}");
                    Check(Census.User(user), e => e.User == user);
                }
            }
        }

        private void Check(Tally? tally, Func<Entry, bool> belongs)
        {
            var all = _entries.Where(belongs).ToArray();
            var held = all.Where(e => e.State is SeatState.Opening or SeatState.Open or SeatState.Closing).ToArray();
            Assert.Equal(held.Length, tally?.Held ?? 0);
            Assert.Equal(held.Count(e => e.State == SeatState.Closing), tally?.Closing ?? 0);
            Assert.Equal(all.Count(e => e.State == SeatState.Evicted), tally?.Evicted ?? 0);
            Assert.Equal(held.Count(e => e.Owes), tally?.Owing ?? 0);
            Assert.Equal(held.Count(e => !e.Owes), tally?.Settled ?? 0);
            if (tally is null) return;
            Assert.True(all.Length > 0 || tally.Kind == TallyKind.Node, "nothing is kept for nobody");
            Assert.Equal(held.Select(e => e.Seat.Id).Order(), Enumerable.Range(0, tally.Held).Select(i => tally[i].Id).Order());
            var open = held.Where(e => e.State == SeatState.Open).ToArray();
            if (tally.Held > Census.SampleSize) return;
            Assert.Same(open.MinBy(e => e.Opened)?.Seat, Census.Oldest(tally));
            if (open.Length > 0) Assert.Equal(open.Min(e => e.LastSpoke), _entries.Single(e => e.Seat == Census.Idlest(tally)).LastSpoke);
            else Assert.Null(Census.Idlest(tally));
        }

        private static AddressKey Address(int number) => AddressKey.Of(IPAddress.Parse($"10.0.0.{number}"));

        private sealed class Entry(Seat seat, string hub, AddressKey? address)
        {
            internal Seat Seat => seat;

            internal string Hub => hub;

            internal AddressKey? Address => address;

            internal UserKey? User { get; set; }

            internal SeatState State { get; set; }

            internal bool Owes { get; set; }

            internal long Opened { get; set; }

            internal long Spoke { get; set; }

            internal long LastSpoke => Spoke == 0 ? seat.Since : Spoke;
        }
    }
}

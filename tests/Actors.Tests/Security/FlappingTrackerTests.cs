using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Security;
using ActorSockets.Actors.Settings;
using CsCheck;

namespace ActorSockets.Actors.Tests.Security;

public class FlappingTrackerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly FlappingOptions Options = new() { Connects = 3, Window = TimeSpan.FromSeconds(10), Ban = TimeSpan.FromSeconds(30) };
    private static readonly AddressKey Address = new(1, false);
    private static readonly UserKey User = new("chat", "ann");

    [Fact]
    public void Trips_on_the_first_connect_too_many_and_stays_tripped_for_the_ban()
    {
        var tracker = new FlappingTracker();
        for (var i = 0; i < 3; i++) Assert.Null(tracker.Record(Address, null, Options, Start));
        Assert.Equal(Options.Ban, tracker.Record(Address, null, Options, Start));
        Assert.Equal(TimeSpan.FromSeconds(1), tracker.Record(Address, null, Options, Start.AddSeconds(29)));
        Assert.Null(tracker.Record(Address, null, Options, Start.AddSeconds(30)));
    }

    [Fact]
    public void A_user_trips_from_many_addresses()
    {
        var tracker = new FlappingTracker();
        for (var i = 0ul; i < 3; i++) Assert.Null(tracker.Record(new AddressKey(i, true), User, Options, Start));
        Assert.NotNull(tracker.Record(new AddressKey(9, true), User, Options, Start));
        Assert.Null(tracker.Record(new AddressKey(9, true), User with { UserId = "Ann" }, Options, Start));
    }

    [Fact]
    public void Does_nothing_when_it_is_off()
    {
        var tracker = new FlappingTracker();
        for (var i = 0; i < 100; i++) Assert.Null(tracker.Record(Address, User, new FlappingOptions(), Start));
        Assert.Equal(0, tracker.Tracked);
    }

    [Fact]
    public void A_return_after_maintenance_does_not_count_however_late()
    {
        var tracker = new FlappingTracker();
        for (var i = 0; i < 50; i++) tracker.Forgive(Address, User);
        for (var i = 0; i < 50; i++) Assert.Null(tracker.Record(Address, User, Options, Start.AddMinutes(5)));
        for (var i = 0; i < 3; i++) Assert.Null(tracker.Record(Address, User, Options, Start.AddMinutes(5)));
        Assert.NotNull(tracker.Record(Address, User, Options, Start.AddMinutes(5)));
    }

    [Fact]
    public void A_flood_of_addresses_pushes_out_windows_but_no_bans()
    {
        var tracker = new FlappingTracker(capacity: 100);
        for (var i = 0; i < 4; i++) tracker.Record(Address, null, Options, Start);
        for (var i = 1000ul; i < 11_000; i++)
        {
            tracker.Record(new AddressKey(i, true), null, Options, Start);
            Assert.True(tracker.Tracked <= 300);
        }

        Assert.NotNull(tracker.Record(Address, null, Options, Start));
    }

    [Fact]
    public void Forgets_what_is_over()
    {
        var tracker = new FlappingTracker();
        for (var i = 0ul; i < 1000; i++) tracker.Record(new AddressKey(i, false), new UserKey("chat", $"{i}"), Options, Start);
        tracker.Record(Address, null, Options, Start.AddSeconds(10));
        Assert.Equal(1, tracker.Tracked);
    }

    [Fact]
    public void Agrees_with_a_naive_model()
    {
        var steps = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[0, 7], Gen.Int[0, 4]).Array[0, 60];
        steps.Sample(list =>
        {
            var (tracker, model, now) = (new FlappingTracker(), new Model(), Start);
            foreach (var (address, user, wait, kind) in list)
            {
                now = now.AddSeconds(wait);
                AddressKey? a = address == 0 ? null : new AddressKey((ulong)address, false);
                UserKey? u = user == 0 ? null : new UserKey("chat", $"u{user}");
                if (kind == 0)
                {
                    tracker.Forgive(a, u);
                    model.Forgive(a, u);
                }
                else
                {
                    Assert.Equal(model.Record(a, u, now), tracker.Record(a, u, Options, now));
                }
            }
        });
    }

    private sealed class Model
    {
        private readonly Dictionary<object, (DateTimeOffset Start, int Count)> _windows = [];
        private readonly Dictionary<object, DateTimeOffset> _bans = [];
        private readonly List<object> _credits = [];

        public void Forgive(params object?[] who) => _credits.AddRange(who.OfType<object>());

        public TimeSpan? Record(AddressKey? address, UserKey? user, DateTimeOffset now)
        {
            var who = new object?[] { address, user }.OfType<object>().ToList();
            var banned = who.Where(w => _bans.GetValueOrDefault(w) > now).Select(w => (TimeSpan?)(_bans[w] - now)).Max();
            if (banned is not null) return banned;
            TimeSpan? left = null;
            foreach (var w in who)
            {
                if (_credits.Remove(w)) continue;
                var window = _windows.TryGetValue(w, out var known) && now < known.Start + Options.Window ? known : (now, 0);
                _windows[w] = (window.Item1, window.Item2 + 1);
                if (window.Item2 < Options.Connects) continue;
                _windows.Remove(w);
                _bans[w] = now + Options.Ban;
                left = Options.Ban;
            }

            return left;
        }
    }
}

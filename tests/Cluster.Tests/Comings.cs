using ActorSockets.Tests.Shared;

namespace ActorSockets.Cluster.Tests;

/// <summary>Clients of some users of one hub that come and go at all doors, and count.</summary>
internal sealed class Comings
{
    /// <summary>Twice as many as any limit here.</summary>
    private const int PerUser = 12;

    /// <summary>Milliseconds. Some stay for longer than it takes to find a new owner, who has to hear of them.</summary>
    private const int ShortStay = 60, LongStay = 2000;

    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(50);

    /// <summary>While the cluster changes, and at a node that is about to go.</summary>
    private static readonly string[] Expected = ["user-limit", "user-limit-unknown", "draining"];

    private readonly Func<IReadOnlyList<GatewayProcess>> _doors;
    private readonly string _hub;
    private readonly Task[] _clients;
    private int _admitted;
    private volatile bool _over;

    /// <param name="doors">Where to knock at present.</param>
    /// <param name="hub">Of all of them.</param>
    /// <param name="users">Each has a limit, and an owner, of its own.</param>
    internal Comings(Func<IReadOnlyList<GatewayProcess>> doors, string hub, params string[] users)
    {
        (_doors, _hub) = (doors, hub);
        Users = users.ToDictionary(u => u, _ => new Tally());
        _clients = [.. users.SelectMany((user, u) => Enumerable.Range(0, PerUser).Select(i => Task.Run(() => ComeAndGoAsync(user, new Random((u * PerUser) + i)))))];
    }

    internal IReadOnlyDictionary<string, Tally> Users { get; }

    internal int Admitted => Volatile.Read(ref _admitted);

    /// <summary>Waits until some more were let in, so that whatever happened last happened to somebody.</summary>
    internal Task UntilMoreAsync(int more)
    {
        var least = Admitted + more;
        return ThreeNodes.UntilAsync(
            () =>
            {
                Assert.DoesNotContain(_clients, c => c.IsFaulted);
                return Task.FromResult(Admitted >= least);
            },
            $"{more} more are let in");
    }

    internal Task EndAsync()
    {
        _over = true;
        return Task.WhenAll(_clients);
    }

    private async Task ComeAndGoAsync(string user, Random dice)
    {
        while (!_over)
        {
            var doors = _doors();
            using var guest = await Guest.KnockAsync(doors[dice.Next(doors.Count)], _hub, user);
            if (guest is { IsIn: true })
            {
                Users[user].Comes();
                Interlocked.Increment(ref _admitted);
                await PauseAsync(TimeSpan.FromMilliseconds(1 + dice.Next(dice.Next(4) == 0 ? LongStay : ShortStay)));
                Users[user].Goes();
                await guest.LeaveAsync();
                continue;
            }

            if (guest is not null) Assert.Contains(guest.Refusal, Expected);
            await PauseAsync(Breath);
        }
    }

    private static async Task PauseAsync(TimeSpan pause)
    {
        using var timer = new PeriodicTimer(pause);
        await timer.WaitForNextTickAsync();
    }
}

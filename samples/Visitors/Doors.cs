namespace Visitors;

/// <summary>The addresses, and how many are in by each: in the place of a balancer that sends everybody to the emptiest node.</summary>
internal sealed class Doors(string[] addresses)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly int[] _inside = new int[addresses.Length];

    /// <summary>Where the fewest are; the caller counts there from now on.</summary>
    /// <param name="except">Where it was sent away a moment ago; null for nowhere.</param>
    internal (int Door, string Address) Choose(int? except)
    {
        lock (_gate)
        {
            var door = Enumerable.Range(0, addresses.Length).Where(d => d != except || addresses.Length == 1).MinBy(d => _inside[d]);
            _inside[door]++;
            return (door, addresses[door]);
        }
    }

    internal void Leave(int door)
    {
        lock (_gate) _inside[door]--;
    }

    /// <summary>Says how many are where, whenever that has changed.</summary>
    internal async Task TellAsync(CancellationToken stop)
    {
        var told = "";
        using var pause = new PeriodicTimer(Pause);
        try
        {
            do
            {
                var now = Text();
                if (now != told) Console.WriteLine($"{DateTime.UtcNow:HH:mm:ss}Z  {told = now}");
            }
            while (await pause.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C.
        }
    }

    private string Text()
    {
        lock (_gate) return string.Join("   ", addresses.Select((address, door) => $"{new Uri(address).Authority} {_inside[door]}"));
    }
}

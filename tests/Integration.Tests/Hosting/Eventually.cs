using System.Diagnostics;

namespace ActorSockets.Integration.Tests.Hosting;

/// <summary>Waits for a condition on the other side of a socket, where nothing can be awaited; bounded.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? bound = null)
    {
        var clock = Stopwatch.StartNew();
        using var pause = new PeriodicTimer(Pause);
        while (!await condition())
        {
            if (clock.Elapsed > (bound ?? Bound)) Assert.Fail($"not within {(bound ?? Bound).TotalSeconds} s: {what}");
            await pause.WaitForNextTickAsync();
        }
    }

    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? bound = null) =>
        TrueAsync(() => Task.FromResult(condition()), what, bound);
}

using System.Diagnostics;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.Integration.Tests.Hosting;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;

namespace ActorSockets.Integration.Tests.Stress;

/// <summary>A crowd meets a node that has only just started.</summary>
public sealed class ColdStartTests
{
    // More than the pool adds threads for in that time.
    private const int Blockers = 200;
    private static readonly TimeSpan Blockade = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task The_first_deadline_needs_no_thread_of_the_pool()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var scheduler = gateway.Services.GetRequiredService<NodeActors>().System.Scheduler;
        var took = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var release = new ManualResetEventSlim();
        using var left = new CountdownEvent(Blockers);
        for (var i = 0; i < Blockers; i++)
            ThreadPool.UnsafeQueueUserWorkItem(_ => { release.Wait(Blockade); left.Signal(); }, null);

        var thread = new Thread(() =>
        {
            var clock = Stopwatch.StartNew();
            scheduler.ScheduleTellOnce(TimeSpan.Zero, ActorRefs.Nobody, "now", ActorRefs.NoSender);
            took.SetResult(clock.Elapsed);
            release.Set();
        });
        thread.Start();

        var elapsed = await took.Task;
        await Eventually.TrueAsync(() => left.IsSet, "the pool is free again", TimeSpan.FromMinutes(2));
        Assert.True(elapsed < Blockade / 2, $"scheduling waited {elapsed} for a thread of the pool");
    }
}

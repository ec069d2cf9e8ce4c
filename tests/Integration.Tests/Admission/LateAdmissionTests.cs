using System.Diagnostics;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Hosting;
using ActorSockets.AspNetCore.Upgrade;
using ActorSockets.Integration.Tests.Hosting;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ActorSockets.Integration.Tests.Admission;

/// <summary>A supervisor that answers when nobody waits any more.</summary>
public sealed class LateAdmissionTests
{
    [Fact]
    public async Task An_admission_that_comes_too_late_gives_its_slot_back_at_once()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await GatewayHost.StartAsync(null, services => services.AddSingleton<TimeProvider>(time));
        var registry = gateway.Services.GetRequiredService<ActorRegistry>();
        var supervisor = gateway.Actors().Supervisor;
        var arrived = new TaskCompletionSource();
        var slow = gateway.Actors().System.ActorOf(Props.Create(() => new Slow(supervisor, arrived)));
        registry.Register<NodeActors.SupervisorKey>(slow, overwrite: true);
        try
        {
            var asking = Knock.UpgradeAsync(gateway.PublicEndPoint, "/client/hubs/echo");
            await arrived.Task.WaitAsync(TimeSpan.FromSeconds(60));

            // The question is asked before its time begins to run, so one leap could come too early.
            await Eventually.TrueAsync(
                () =>
                {
                    if (!asking.IsCompleted) time.Advance(UpgradePipeline.AnswerWithin / 10);
                    return asking.IsCompleted;
                },
                "nobody waits any more");
            Expect.Refused(await asking, 503, "handshake-timeout");
        }
        finally
        {
            registry.Register<NodeActors.SupervisorKey>(supervisor, overwrite: true);
        }

        var clock = Stopwatch.StartNew();
        var child = await slow.Ask<Terminated>("go on", TimeSpan.FromSeconds(30));
        Assert.NotNull(child);

        // The connection actor would have ended itself, and kept the slot until then.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, ConnectionActor.OpeningLimit - TimeSpan.FromSeconds(2));
        await gateway.UntilConnectionsAsync(0);
    }

    /// <summary>Keeps the question until it is told to go on, and then tells when the connection that was admitted has ended.</summary>
    private sealed class Slow(IActorRef supervisor, TaskCompletionSource arrived) : UntypedActor
    {
        private (SupervisorProtocol.Admit Question, IActorRef Asker) _held;
        private IActorRef? _teller;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case SupervisorProtocol.Admit admit:
                    _held = (admit, Sender);
                    arrived.SetResult();
                    break;
                case string:
                    _teller = Sender;
                    supervisor.Tell(_held.Question, Self);
                    break;
                case SupervisorProtocol.Admitted admitted:
                    Context.Watch(admitted.Connection);
                    _held.Asker.Tell(admitted);
                    break;
                case Terminated gone:
                    _teller!.Tell(gone);
                    break;
            }
        }
    }
}

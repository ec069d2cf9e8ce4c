using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Admin;
using Akka.Actor;
using Microsoft.Extensions.Hosting;

namespace ActorSockets.AspNetCore.Observability;

/// <summary>Ready = started, not stopping, the supervisor says that it accepts and is not under pressure, and every <see cref="IReadinessCondition"/> holds.</summary>
internal sealed class SupervisorReadiness(IHostApplicationLifetime lifetime, IAdminActors actors, IEnumerable<IReadinessCondition> conditions) : IReadiness
{
    // An orchestrator's probe gives up after a second by default.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(800);

    public async ValueTask<ReadinessReport> LookAsync(CancellationToken cancellation)
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested) return new ReadinessReport(["starting"]);
        if (lifetime.ApplicationStopping.IsCancellationRequested) return new ReadinessReport(["stopping"]);
        try
        {
            var census = await actors.Supervisor.Ask<SupervisorProtocol.CensusReport>(SupervisorProtocol.GetCensus.Instance, Patience, cancellation);
            var reasons = new List<string>(2);
            if (census.Leaving || !census.Accepting) reasons.Add("draining");
            if (census.UnderPressure) reasons.Add("overloaded");
            reasons.AddRange(conditions.Select(c => c.Reason).OfType<string>());
            return new ReadinessReport(reasons);
        }
        catch (AskTimeoutException)
        {
            return new ReadinessReport(["no-answer"]);
        }
    }
}

using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>
/// Sessions that go from node to node: here one is given up as a value, or one that another node gave up goes on and waits for its client
/// as long as one that was lost here.
/// </summary>
internal sealed class SessionAdoption(NodeActors actors, SessionFactory sessions, Live<ActorSocketsOptions> options, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Null when there is no such session, or none that can go.</summary>
    internal async Task<SessionState?> SurrenderAsync(ConnectionId id) =>
        await SupervisorAnswer.To(new SupervisorProtocol.Surrender(id), actors.Supervisor).WaitAsync(Patience, time) is SessionProtocol.Surrendered given ? given.State : null;

    /// <summary>False when it is here already, or its hub is unknown here.</summary>
    internal async Task<bool> AdoptAsync(SessionState state)
    {
        if (!options.Current.Hubs.TryGetValue(state.Hub, out var hub)) return false;
        var reliable = sessions.ReliableOf(state);
        var answer = await SupervisorAnswer.To(new SupervisorProtocol.Adopt(state, reliable), actors.Supervisor).WaitAsync(Patience, time);
        if (answer is not SupervisorProtocol.Admitted admitted) return false;
        var handler = sessions.HandlerOf(state.Hub, hub);
        sessions.Attach(reliable, admitted, handler, handler.RestoreState(state.HandlerState), begun: true);
        return true;
    }
}

using ActorSockets.Actors.Sessions;
using ActorSockets.Actors.Sessions.Moves;
using ActorSockets.Actors.Settings;
using ActorSockets.Actors.Supervision;
using ActorSockets.AspNetCore.Configuration;
using ActorSockets.AspNetCore.Hosting;

namespace ActorSockets.AspNetCore.Upgrade;

/// <summary>Makes for a session that comes from another node what it has on this side: its handler, and the client's protocol.</summary>
internal sealed class SessionAdoption(NodeActors actors, SessionFactory sessions, Live<ActorSocketsOptions> options) : ISessionHost
{
    /// <inheritdoc/>
    public async Task<Adoption> AdoptAsync(SessionState state, bool isWanted)
    {
        // Of a hub that is not here nobody can say what its sessions are.
        if (!options.Current.Hubs.TryGetValue(state.Hub, out var hub)) return default;
        var reliable = sessions.ReliableOf(state);
        var answer = await SupervisorAnswer.To(new SupervisorProtocol.Adopt(state, reliable, isWanted), actors.Supervisor);
        if (answer is not SupervisorProtocol.Admitted admitted) return new Adoption(null, IsClosed: answer is SupervisorProtocol.Refused refused && Refusals.ConcernsWholeNode(refused.Refusal));
        var handler = sessions.HandlerOf(state.Hub, hub);
        sessions.Attach(reliable, admitted, handler, handler.RestoreState(state.HandlerState), begun: true);
        return new Adoption(reliable, IsClosed: false);
    }
}

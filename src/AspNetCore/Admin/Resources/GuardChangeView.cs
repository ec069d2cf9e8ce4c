using ActorSockets.Actors.Security;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <summary>What a change of bans or revocations came to.</summary>
/// <param name="Changed">False when everything was so before.</param>
/// <param name="Stored">False when it is in force but will not survive a restart.</param>
/// <param name="StoreFault">Why it could not be stored.</param>
internal sealed record GuardChangeView(bool Changed, bool Stored, string? StoreFault)
{
    internal static GuardChangeView Of(GuardProtocol.Done done) => new(done.Changed, done.StoreFault is null, done.StoreFault);
}

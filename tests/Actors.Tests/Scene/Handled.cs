using Akka.Actor;

namespace ActorSockets.Actors.Tests.Scene;

internal static class Handled
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What was told to this actor before is handled, or it has stopped. What reaches an actor in the moment in which it stops may be lost without an answer, so it is
    /// asked again.
    /// </summary>
    internal static async Task ByAsync(IActorRef actor)
    {
        for (var left = Patience; ; left -= Again)
        {
            try
            {
                await actor.Ask<ActorIdentity>(new Identify(null), Again);
                return;
            }
            catch (AskTimeoutException) when (left > Again)
            {
            }
        }
    }
}

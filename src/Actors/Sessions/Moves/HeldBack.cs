using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using Akka.Actor;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>
/// What a session's actor was told while it was not known on which node the session lives; it is handled when that is decided. What ends the session is
/// never dropped: of that only what would change nothing. Of questions there is a bound, because whoever asks can be refused. Pure.
/// </summary>
internal sealed class HeldBack
{
    /// <summary>It takes milliseconds, so this many are asked by somebody who would not stop.</summary>
    internal const int MostQuestions = 200;

    private readonly List<(object Message, IActorRef Sender)> _messages = [];
    private int _questions;

    internal IReadOnlyList<(object Message, IActorRef Sender)> Messages => _messages;

    /// <summary>False for a question that is one too many: its asker is to be refused.</summary>
    internal bool Add(object message, IActorRef sender)
    {
        switch (message)
        {
            case SessionProtocol.Recover or ConnectionProtocol.Extend or ConnectionProtocol.ExtendUntil:
                if (_questions == MostQuestions) return false;
                _questions++;
                break;
            case ConnectionProtocol.End end when _messages.Any(m => m.Message is ConnectionProtocol.End before && Covers(before.Request, end.Request)):
                return true;
            case ConnectionProtocol.CheckToken when _messages is [.., (ConnectionProtocol.CheckToken, _)]:
                // The newer guard knows what the older one knew.
                _messages[^1] = (message, sender);
                return true;
        }

        _messages.Add((message, sender));
        return true;
    }

    /// <summary>The first cause of an end wins, except that a cut is faster. One that is about the node may come to nothing, and each drain waits for its own.</summary>
    private static bool Covers(EndRequest before, EndRequest now) =>
        (before.Abort || !now.Abort) && (!before.IsOfThisNode || (before.Ending == now.Ending && before.Drain == now.Drain));
}

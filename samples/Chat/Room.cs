using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Hubs;

namespace Chat;

/// <summary>Tells everybody in the chat what happens.</summary>
internal sealed class Room(IHubSender sender, TimeProvider time)
{
    internal Task SayAsync(string nickname, string text, CancellationToken cancellation) =>
        TellAsync(new ToPage.Said(nickname, text, time.GetUtcNow()), except: null, cancellation);

    internal Task CameAsync(string nickname, Attendance now, ConnectionId newcomer, CancellationToken cancellation) =>
        TellAsync(new ToPage.Came(nickname, now), except: newcomer, cancellation);

    internal Task LeftAsync(string nickname, Ending ending, Attendance now, CancellationToken cancellation) =>
        TellAsync(new ToPage.Left(nickname, Why(ending), now), except: null, cancellation);

    // The message is encoded once for all. Whoever reads too slowly has a full queue of his own and holds nobody up.
    private Task<FanOutResult> TellAsync(ToPage message, ConnectionId? except, CancellationToken cancellation) => sender.SendToHubAsync(
        ChatHub.Name,
        new OutboundMessage(message.ToUtf8(), IsText: true),
        except is { } one ? new HashSet<ConnectionId> { one } : null,
        cancellation);

    private static string Why(Ending ending) => ending.Category switch
    {
        EndingCategory.IdleTimeout => "was quiet for too long",
        EndingCategory.ActiveClose when ending == EndingCatalogue.ClientClosed => "left",
        EndingCategory.ActiveClose => "was shown out",
        EndingCategory.Network => "lost the connection",
        EndingCategory.Protocol or EndingCategory.ResourceLimit => "sent more than is allowed",
        EndingCategory.Security or EndingCategory.Session => "may not be here any more",
        EndingCategory.Maintenance => "will be back after a moment of maintenance",
        _ => "was disconnected by an error",
    };
}

using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Hubs;

namespace Chat;

/// <summary>
/// The online chat. Somebody who says nothing for a minute is let go, and told why.
/// </summary>
/// <remarks>
/// Look for the code that does it: there is none here, only <c>Timers:Idle</c> in appsettings.json. The classical way is a timer
/// per user and a flag, "has been warned" or "was active", written by the receive loop and read by the timer. It goes wrong in
/// two ways. The flag is set and never cleared, so a user who spoke once counts as active for ever, or is thrown out although he
/// speaks. Or the timer fires, finds the user active, and nobody arms it again, so he is never let go.
/// Neither can happen here, because there is no flag and no timer to reset. The reader only stamps each connection with the time
/// of its last message. The connection's actor holds one deadline; when it fires, the actor looks at the stamp and does one of two
/// things: it closes, or it schedules the rest. A stamp is never cleared, and a deadline that has fired is always followed by
/// one of the two.
/// </remarks>
internal sealed class ChatHub(Roster roster, Room room) : HubHandler
{
    internal const string Name = "chat";

    private const int MaxText = 2000;
    private const string Message = "message";

    public override ValueTask OnMessageAsync(HubConnection connection, HubMessage message, CancellationToken cancellation) =>
        (FromPage.Parse(message.Payload.Span), connection.State) switch
        {
            (FromPage.Enter enter, null) => EnterAsync(connection, enter.Nickname.Trim().Normalize(), cancellation),
            (FromPage.Say say, string nickname) => SayAsync(connection, nickname, say.Text.Trim(), cancellation),
            (FromPage.Say, null) => NotYetAsync(connection, Nickname.Field, "Choose a nickname first.", cancellation),
            (FromPage.Enter, not null) => NotYetAsync(connection, Message, "You are in already.", cancellation),
            _ => NotYetAsync(connection, Message, "This chat does not understand that.", cancellation),
        };

    public override async ValueTask OnDisconnectedAsync(HubConnection connection, Ending ending, CancellationToken cancellation)
    {
        if (connection.State is string nickname) await room.LeftAsync(nickname, ending, roster.Leave(nickname), cancellation);
    }

    private async ValueTask EnterAsync(HubConnection connection, string nickname, CancellationToken cancellation)
    {
        if (Nickname.Fault(nickname) is { } fault)
        {
            await NotYetAsync(connection, Nickname.Field, fault, cancellation);
            return;
        }

        if (!roster.TryEnter(nickname, connection.Id, out var now))
        {
            await NotYetAsync(connection, Nickname.Field, $"{nickname} is here already. Choose another nickname.", cancellation);
            return;
        }

        // From here on OnDisconnectedAsync gives the name back, whatever happens below.
        connection.State = nickname;
        await connection.SendAsync(new ToPage.Welcome(nickname, now).ToUtf8(), isText: true, cancellation);
        await room.CameAsync(nickname, now, connection.Id, cancellation);
    }

    private ValueTask SayAsync(HubConnection connection, string nickname, string text, CancellationToken cancellation) => text.Length switch
    {
        0 => ValueTask.CompletedTask,
        > MaxText => NotYetAsync(connection, Message, $"A message has at most {MaxText} characters.", cancellation),
        _ => new ValueTask(room.SayAsync(nickname, text, cancellation)),
    };

    private static async ValueTask NotYetAsync(HubConnection connection, string about, string why, CancellationToken cancellation) =>
        await connection.SendAsync(new ToPage.NotYet(about, why).ToUtf8(), isText: true, cancellation);
}

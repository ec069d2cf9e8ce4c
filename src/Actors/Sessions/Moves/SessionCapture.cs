using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>All there is of a session whose client is at rest and to which its router says nothing any more, as one value.</summary>
internal static class SessionCapture
{
    /// <param name="session">Itself.</param>
    /// <param name="info">As it is known on this node.</param>
    /// <param name="token">What revocations look at.</param>
    /// <param name="authorizedUntil">When its authorization ends.</param>
    /// <param name="parted">What its router knew of it.</param>
    /// <param name="request">The planned end that it goes for, or null.</param>
    /// <param name="time">For what is left of an earlier slot.</param>
    internal static SessionState Of(
        ReliableSession session, SessionInfo info, TokenFacts? token, DateTimeOffset? authorizedUntil, RouterProtocol.Parted parted, EndRequest? request, TimeProvider time)
    {
        var (next, frames) = session.Capture();
        var (roles, single) = parted.Standing.Rights?.Capture() ?? ([], []);

        // What is left of an earlier slot, where its client has been told one and has not come back yet.
        var left = session.Loss is { } loss ? loss.Grace - time.GetElapsedTime(loss.Since) : TimeSpan.Zero;
        return new SessionState
        {
            Id = info.Id.Value,
            Node = info.Node,
            Hub = info.Hub,
            UserId = info.UserId,
            Address = info.Address.Address.ToString(),
            IsAddressShared = info.Address.IsShared,
            Subprotocol = info.Subprotocol,
            ConnectedAt = info.ConnectedAt,
            Token = token,
            AuthorizedUntil = authorizedUntil,
            Groups = [.. parted.Standing.Groups],
            Roles = roles,
            SingleRights = single,
            HandlerState = session.Client?.SaveState(),
            Acks = [.. session.Acks.Capture()],
            NextSequenceId = next,
            Frames = [.. frames.Select(f => new SessionState.Frame(f.Id, f.Body, f.ExpiresAt))],
            Heard = session.HeardWith(parted.Heard),
            Moves = session.Moves + 1,
            LeftFor = request?.Ending.Id ?? session.Loss?.Ending.Id,
            ReturnsAfter = request?.ReturnsAfter is { } slot && slot > left ? slot : left > TimeSpan.Zero ? left : TimeSpan.Zero,
        };
    }
}

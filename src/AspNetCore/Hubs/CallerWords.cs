using System.Text;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>What an application may say when it closes sessions: one rule for one, for many at once and for a drain.</summary>
internal static class CallerWords
{
    /// <exception cref="ArgumentException">The code is not allowed.</exception>
    internal static void CheckCode(int code, string name)
    {
        if (!CloseCodes.IsAllowed(code)) throw new ArgumentException($"code {code} is not allowed: {CloseCodes.Allowed}", name);
    }

    /// <exception cref="ArgumentException">The reason does not fit into a close frame.</exception>
    internal static void CheckReason(string? reason, string name)
    {
        if (reason is not null && Encoding.UTF8.GetByteCount(reason) > CloseText.MaxBytes)
            throw new ArgumentException($"reason is longer than {CloseText.MaxBytes} UTF-8 bytes", name);
    }

    /// <exception cref="ArgumentException">A user or group without its hub.</exception>
    internal static void CheckSelector(ConnectionSelector selector, string name)
    {
        if (selector.Hub is null && (selector.User ?? selector.Group) is not null)
            throw new ArgumentException("users and groups belong to a hub: give Hub, too", name);
    }
}

using System.Text.Json;

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>Why a session ended, for its upstream.</summary>
internal static class DisconnectedBody
{
    /// <summary>Instead of an ending: the client was let in, but there never was a session, because it was gone or a later check refused it.</summary>
    internal const string NeverOpened = "never-opened";

    internal static ReadOnlyMemory<byte> Of(string reason) => JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["reason"] = reason });
}

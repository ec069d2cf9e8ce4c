using System.Buffers.Text;
using System.Text;
using ActorSockets.Actors.Connections;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>Where the next page begins: after this connection. Opaque to callers, so that they don't build on its form.</summary>
internal static class ContinuationToken
{
    private const string Form = "after:";
    private const int MaxLength = 256;

    internal static string Write(ConnectionId after) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Form + after.Value));

    internal static bool TryRead(string token, out ConnectionId after)
    {
        after = default;
        if (token.Length > MaxLength || !Base64Url.IsValid(token)) return false;
        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
        if (!text.StartsWith(Form, StringComparison.Ordinal) || text.Length == Form.Length) return false;
        after = new ConnectionId(text[Form.Length..]);
        return true;
    }
}

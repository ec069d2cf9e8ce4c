using System.Text;
using ActorSockets.Actors.Endings;

namespace ActorSockets.AspNetCore.Admin.Reading;

/// <summary>A close text that a caller gives.</summary>
internal static class CloseReason
{
    internal static string? Read(FieldReader fields)
    {
        var reason = fields.Text("reason");
        if (reason is not null && Encoding.UTF8.GetByteCount(reason) is > CloseText.MaxBytes and var bytes)
            fields.Refuse("reason", $"must be at most {CloseText.MaxBytes} UTF-8 bytes; it has {bytes}.");
        return reason;
    }
}

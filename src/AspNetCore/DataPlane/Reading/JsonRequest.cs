using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>The body of a call that must be JSON.</summary>
internal static class JsonRequest
{
    /// <param name="call">The call.</param>
    /// <param name="within">How long it may take from the first to the last byte.</param>
    /// <param name="time">The clock.</param>
    internal static async Task<(ReadOnlyMemory<byte> Body, DataPlaneError? Fault)> ReadAsync(DataPlaneCall call, TimeSpan within, TimeProvider time)
    {
        var media = MessageContent.Judge(call.Request.ContentType, out var type, out var encoding);
        if (media is not null || type != PayloadType.Json) return (default, DataPlaneError.MediaType("Content-Type must be application/json."));
        var (body, unread) = await BoundedBody.ReadAsync(call.Request, within, time, call.Request.HttpContext.RequestAborted);
        var fault = unread ?? MessageContent.Read(body, type, encoding, out body);
        return (body, fault);
    }
}

namespace ActorSockets.AspNetCore.Upstream;

/// <summary>A complete answer of an upstream.</summary>
/// <param name="Status">Any.</param>
/// <param name="ContentType">As sent, or null.</param>
/// <param name="Body">At most <see cref="UpstreamHttp.MaxAnswerBytes"/>; empty where nobody reads it. Not to be used any more once this is disposed of.</param>
/// <param name="State">The header <c>ce-connectionState</c>: null = unchanged.</param>
/// <param name="Place">What a long body holds of the node's room for answers.</param>
internal sealed record UpstreamReply(int Status, string? ContentType, ReadOnlyMemory<byte> Body, string? State, AnswerRoom.Place? Place = null) : IDisposable
{
    internal bool IsSuccess => Status is >= 200 and <= 299;

    /// <summary>The same request may go better in a moment.</summary>
    internal bool IsPassing => Status is 408 or >= 500;

    /// <summary>Says something about the server, and not only about what it was told: an application that stumbles over one event answers 500.</summary>
    internal bool IsServerDown => Status is 502 or 503 or 504;

    /// <summary>The body is where it belongs, and its room free for others.</summary>
    public void Dispose() => Place?.Dispose();
}

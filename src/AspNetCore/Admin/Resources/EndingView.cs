using ActorSockets.Actors.Endings;
using ActorSockets.AspNetCore.Observability;

namespace ActorSockets.AspNetCore.Admin.Resources;

/// <param name="Code">Close code on the wire; null = there was none.</param>
/// <param name="Text">Close text on the wire.</param>
/// <param name="Note">For people.</param>
/// <param name="Outcome">How the closing went: <c>clean</c>, <c>unanswered</c>, <c>aborted</c> or <c>lost</c>.</param>
/// <param name="Reconnect">What the client should do next.</param>
/// <param name="Drain">Id of the drain that ended it, or null.</param>
/// <param name="Session"><c>ended</c>; or <c>detached</c> or <c>moved</c>, where only the socket ended and the session waited for its client.</param>
internal sealed record EndingView(
    string Connection, string Hub, string? User, string Ip, string Node, string Ending, string Category, int? Code, string Text, string? Note,
    string Outcome, DateTimeOffset ConnectedAt, DateTimeOffset EndedAt, long DurationMs,
    long MessagesIn, long MessagesOut, long BytesIn, long BytesOut, string Reconnect, string? Drain, string Session)
{
    internal static EndingView Of(EndingRecord record) => new(
        record.Session.Id.Value, record.Session.Hub, record.Session.UserId, record.Session.Address.Address.ToString(), record.Session.Node,
        record.Ending.Id, WireName.Of(record.Ending.Category), record.Code, record.Text, record.Note, WireName.Of(record.Outcome),
        record.Session.ConnectedAt, record.EndedAt, (long)record.Duration.TotalMilliseconds,
        record.Activity.MessagesIn, record.Activity.MessagesOut, record.Activity.BytesIn, record.Activity.BytesOut, WireName.Of(record.Ending.Reconnect), record.Drain, WireName.Of(record.Fate));
}

/// <summary>One entry of the catalogue of endings.</summary>
/// <param name="Code">Close code in force on this node; null = no close frame of ours, or the client's own code.</param>
/// <param name="FramedByLibrary">The close frame goes out without text.</param>
internal sealed record CatalogueView(string Id, string Category, int? Code, string Reconnect, bool FramedByLibrary, string Summary);

using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Settings;

namespace ActorSockets.Actors.Connections;

/// <summary>
/// The decision how one session ends: what is ordered on the wire and what is remembered of it. Pure; made in one place for every cause.
/// </summary>
/// <param name="Order">What the transport is told.</param>
/// <param name="Code">The code that the record shows, also where the framing library sends the frame.</param>
/// <param name="Text">The text that the record shows.</param>
/// <param name="Note">What happened, for people.</param>
internal sealed record ClosingPlan(CloseOrder Order, int? Code, string Text, string? Note)
{
    internal Ending Ending => Order.Ending;

    /// <summary>The drain that closes it, or null.</summary>
    internal string? Drain { get; init; }

    /// <summary>The client was asked to stay away for so long.</summary>
    internal TimeSpan ReturnsAfter { get; init; }

    /// <summary>The client closed: it gets its own code and text back, because a browser shows its page the frame it receives.</summary>
    internal static ClosingPlan Answer(ConnectionProtocol.PeerClosed closed, TimeSpan handshake)
    {
        var text = CloseText.Fit(closed.Text);
        return new ClosingPlan(new CloseOrder(EndingCatalogue.ClientClosed, closed.Code, text, false, handshake), closed.Code, text, null);
    }

    /// <summary>Anything else: code and text from the request where it has them, else from settings and catalogue.</summary>
    internal static ClosingPlan For(EndRequest request, string? note, NodeSettings settings, TimeSpan handshake)
    {
        var ending = request.Ending;
        note ??= request.Explanation;

        // The library has sent the frame already, unless somebody else found the fault and names the code.
        if (ending.FramedByLibrary && !request.Abort && request.Code is null)
            return new ClosingPlan(new CloseOrder(ending, null, string.Empty, false, handshake), ending.Code, string.Empty, note);
        var code = request.Code ?? settings.CodeOf(ending);

        // No frame is not the same as a cut: a peer that left is let go of, one that may still be there and is given up is cut.
        if (request.Abort || code is null)
        {
            var cut = request.Abort || ending == EndingCatalogue.KeepAliveTimeout;
            return new ClosingPlan(new CloseOrder(ending, null, string.Empty, cut, handshake), null, string.Empty, note ?? request.Reason) { Drain = request.Drain };
        }

        var text = request.Reason is { } reason ? CloseText.Fit(reason) : CloseText.For(ending, request.Detail);
        var order = new CloseOrder(ending, code, text, false, handshake) { Words = request.Reason ?? request.Explanation };

        // A drain has promised when the last socket is gone.
        if (request.Drain is not null) order = order with { Bound = handshake };
        return new ClosingPlan(order, code, text, note) { Drain = request.Drain, ReturnsAfter = request.ReturnsAfter ?? TimeSpan.Zero };
    }

    /// <summary>What is remembered. A frame of ours that never got out is not shown as if it had.</summary>
    internal EndingRecord Record(SessionInfo session, CloseOutcome outcome, DateTimeOffset now, in TransportActivity activity)
    {
        var ours = Ending != EndingCatalogue.ClientClosed && (!Ending.FramedByLibrary || Order.Code is not null);
        var said = !(ours && outcome is CloseOutcome.Aborted or CloseOutcome.Lost);
        return new EndingRecord(session, Ending, said ? Code : null, said ? Text : string.Empty, Note, outcome, now, activity) { Drain = Drain };
    }
}

using System.Diagnostics.CodeAnalysis;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Sessions;
using ActorSockets.AspNetCore.Hubs;

namespace ActorSockets.AspNetCore.Clients;

/// <summary>
/// A client of the JSON protocol with recovery: one for its session, whatever socket it speaks through. Its frames are taken one at a
/// time also while a socket that was left still works on one; the handler hears of one beginning and one end.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Neither holds anything to dispose: no wait handle is asked for, and no timer set.")]
internal sealed class ReliableJsonClient(HubConnection connection, ReliableSession session, ReconnectionTokens tokens, ClientDoor door, bool begun)
    : JsonClient(connection, door, session.Acks), ISessionClient
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private readonly CancellationTokenSource _session = new();
    private bool _begun = begun;

    /// <summary>A new token each time; older ones stay good as long as the session is.</summary>
    public override OutboundMessage? Greeting =>
        JsonAnswers.Connected(Connection.Session, tokens.Issue(Connection.Id, Connection.Hub));

    public override bool Greets => !_begun && base.Greets;

    public override async ValueTask OnOpenedAsync(CancellationToken cancellation)
    {
        _begun = true;
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            await base.OnOpenedAsync(_session.Token);
        }
        catch (Exception fault)
        {
            EndFor(fault);
            throw;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>What is under way for a socket that is lost goes on: its client may ask again, and is told then that it is done.</summary>
    protected override async ValueTask TakeAsync(JsonFrame frame, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        await _oneAtATime.WaitAsync(cancellation);
        try
        {
            await base.TakeAsync(frame, message, _session.Token);
        }
        catch (Exception fault)
        {
            EndFor(fault);
            throw;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Only where the session has ended, too; a client that goes on elsewhere is to notice nothing.</summary>
    public override OutboundMessage? Farewell(CloseOrder order) => order.Code == SessionFate.BeginAnew ? base.Farewell(order) : null;

    /// <summary>A socket is gone.</summary>
    public override void OnEnded(Ending ending)
    {
    }

    void ISessionClient.OnEnded(Ending ending)
    {
        _ = _session.CancelAsync();
        Connection.Ended(ending);
    }

    void ISessionClient.OnSessionWarning(DateTimeOffset endsAt) => Connection.Warn(endsAt);

    /// <summary>Its place among the frames is taken, and given back when the session stays.</summary>
    async Task<bool> ISessionClient.PauseAsync(CancellationToken longest)
    {
        try
        {
            await _oneAtATime.WaitAsync(longest);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    void ISessionClient.Resume() => _oneAtATime.Release();

    string? ISessionClient.SaveState() => Connection.SaveState();

    protected override ValueTask SequenceAcknowledged(ulong? id)
    {
        if (id is not { } known) return End(EndingCatalogue.InvalidPayload, "The frame sequenceAck must have a sequenceId, an integer from 0 to 2^64-1.");
        return session.Acknowledge(known)
            ? ValueTask.CompletedTask
            : End(EndingCatalogue.InvalidPayload, "The sequenceId of a sequenceAck must be that of a message that was sent.");
    }

    /// <summary>The session ends for it, also where the socket is lost whose reader hears of it: nobody listens to that one any more.</summary>
    private void EndFor(Exception fault)
    {
        if (fault is OperationCanceledException && _session.IsCancellationRequested) return;
        Connection.End(new EndRequest(EndingCatalogue.ServerError) { Note = fault.GetType().Name });
    }
}

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>
/// The share of one call in what the data plane does at once. It lasts until the call is answered, and until whatever the call has put
/// into the router's mailbox has left it: a caller who was answered early must not make room for the next while its message still stands there.
/// </summary>
/// <param name="all">Where the share was taken.</param>
/// <param name="bytes">As taken.</param>
internal sealed class CallUnderWay(CallsUnderWay all, long bytes)
{
    private int _reasons = 1;

    /// <summary>The call is answered.</summary>
    internal void Answered() => End();

    /// <summary>Not before this is over, however it ends.</summary>
    internal void LastsUntil(Task over)
    {
        Interlocked.Increment(ref _reasons);
        _ = over.ContinueWith(
            static (done, call) =>
            {
                // Looked at: whoever waited for it has been told already, or has stopped waiting.
                _ = done.Exception;
                ((CallUnderWay)call!).End();
            },
            this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _reasons) == 0) all.Ended(bytes);
    }
}

namespace ActorSockets.AspNetCore.DataPlane;

/// <summary>
/// How much the data plane does at once. The router's mailbox has no bound of its own, so this is the bound: calls, and the bytes
/// of their bodies.
/// </summary>
internal sealed class CallsUnderWay
{
    internal const int MaxCalls = 1000;
    internal const long MaxBytes = 64 * 1024 * 1024;

    private readonly Lock _gate = new();
    private int _calls;
    private long _bytes;

    /// <param name="bytes">What the body may take, known or feared.</param>
    internal bool TryBegin(long bytes)
    {
        lock (_gate)
        {
            if (_calls >= MaxCalls || _bytes + bytes > MaxBytes) return false;
            _calls++;
            _bytes += bytes;
            return true;
        }
    }

    internal void Ended(long bytes)
    {
        lock (_gate)
        {
            _calls--;
            _bytes -= bytes;
        }
    }
}

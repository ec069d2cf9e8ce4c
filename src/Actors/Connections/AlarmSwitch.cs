using Akka.Actor;

namespace ActorSockets.Actors.Connections;

/// <summary>
/// Takes back one scheduled alarm. Akka's own <see cref="Cancelable"/> holds a cancellation source and its registrations for as long as
/// the alarm is away, which is as long as the connection lives; the scheduler asks for nothing but the flag.
/// </summary>
internal sealed class AlarmSwitch : ICancelable
{
    private volatile bool _off;

    public bool IsCancellationRequested => _off;

    public CancellationToken Token => new(_off);

    public void Cancel() => _off = true;

    public void Cancel(bool throwOnFirstException) => _off = true;

    public void CancelAfter(TimeSpan delay) => throw new NotSupportedException();

    public void CancelAfter(int millisecondsDelay) => throw new NotSupportedException();
}

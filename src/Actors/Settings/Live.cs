namespace ActorSockets.Actors.Settings;

/// <summary>
/// The settings in force: one writer publishes an immutable value, everybody reads the current one. Connections hold this
/// reference instead of copies, so a change reaches open connections and an idle one holds nothing of its own.
/// </summary>
internal sealed class Live<T>(T initial)
    where T : class
{
    private T _current = initial;

    /// <summary>The value in force.</summary>
    public T Current => Volatile.Read(ref _current);

    /// <summary>Puts a new value in force.</summary>
    public void Publish(T value) => Volatile.Write(ref _current, value);
}

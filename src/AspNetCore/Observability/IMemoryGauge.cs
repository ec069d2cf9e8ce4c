namespace ActorSockets.AspNetCore.Observability;

/// <summary>Where the memory pressure monitor looks.</summary>
internal interface IMemoryGauge
{
    /// <summary>The use of this moment.</summary>
    MemoryReading Read();

    /// <summary>Lets go of what is not used. A thorough collection stops the process for a moment and gives memory back to the system.</summary>
    void Collect(bool thorough);
}

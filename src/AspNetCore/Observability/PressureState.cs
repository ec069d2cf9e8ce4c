namespace ActorSockets.AspNetCore.Observability;

/// <summary>When memory counts as scarce. Two bounds, so that one connection more or less does not switch it to and fro. Pure.</summary>
internal static class PressureState
{
    private const double Distance = 5;
    private const int Off = 100;

    /// <summary>Whether memory is scarce now, given whether it was.</summary>
    /// <param name="high">What it was.</param>
    /// <param name="percent">What is used.</param>
    /// <param name="highPercent"><c>Limits:MemoryHighPercent</c>; 100 = off.</param>
    public static bool Next(bool high, double percent, int highPercent)
    {
        if (highPercent >= Off) return false;
        if (percent > highPercent) return true;
        // A bound below 5 % would leave nothing to fall under.
        return high && percent >= Math.Max(highPercent - Distance, highPercent / 2.0);
    }
}

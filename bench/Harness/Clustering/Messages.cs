namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>What is sent.</summary>
internal static class Messages
{
    public static byte[] Of(long stamp)
    {
        var message = new byte[Receivers.Size];
        BitConverter.TryWriteBytes(message, stamp);
        return message;
    }
}

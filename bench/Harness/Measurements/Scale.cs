namespace ActorSockets.Bench.Harness.Measurements;

/// <summary>How much of everything a run does.</summary>
internal sealed record Scale(int ConnectCount, double EchoSeconds, double PauseSeconds, int FanoutConnections, int FanoutRounds, double LatencySeconds, int WarmUpPasses, int IdleFew, int IdleMore, double IdleSeconds)
{
    public static readonly Scale Quick = new(2000, 1, 0.2, 2000, 5, 0, 3, 1000, 8000, 26);
    public static readonly Scale Table = new(5000, 3, 0.7, 10000, 8, 4, 16, 1000, 18000, 52);
}

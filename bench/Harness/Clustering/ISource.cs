namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>Sends to the receiver of a number.</summary>
internal interface ISource : IAsyncDisposable
{
    Task Send(int number, long stamp);
}

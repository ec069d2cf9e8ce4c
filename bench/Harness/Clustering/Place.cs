namespace ActorSockets.Bench.Harness.Clustering;

/// <summary>Where a message comes in, and where its receiver is.</summary>
/// <param name="Nodes">Of the cluster.</param>
/// <param name="Receiver">Which of them has the receiver; messages come in at the first.</param>
/// <param name="Way">How they come in.</param>
internal sealed record Place(int Nodes, int Receiver, Way Way)
{
    /// <summary>Receivers, and senders where clients send.</summary>
    private const int Pairs = 50;

    private const int DripPerSecond = 1000;

    public string Title => Nodes == 1 ? "one node" : Receiver == 0 ? $"{Nodes} nodes, the receiver on the sender's" : $"{Nodes} nodes, the receiver on another";

    public Task<Flood> Flood(NodeFleet fleet, TimeSpan warmUp, TimeSpan length, double[] idle) => With(fleet, traffic => traffic.Flood(warmUp, length, idle));

    public Task<double[]> Drip(NodeFleet fleet, TimeSpan length) => With(fleet, traffic => traffic.Drip(DripPerSecond, length));

    private async Task<T> With<T>(NodeFleet fleet, Func<Traffic, Task<T>> work)
    {
        await using var receivers = await Receivers.Open(fleet.Nodes[Receiver], Pairs);
        await using ISource source = Way switch
        {
            Way.ClientToGroup => await GroupSource.Open(fleet.Nodes[0], Pairs),
            Way.CallToConnection => CallSource.ToConnections(fleet.Nodes[0], receivers.Ids),
            _ => CallSource.ToGroups(fleet.Nodes[0], Pairs),
        };
        return await work(new Traffic(fleet, source, receivers));
    }
}

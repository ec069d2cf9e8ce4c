using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.SignalR;

namespace ActorSockets.Bench.SignalREcho;

/// <summary>One invocation in, its result out: the leanest echo of the JSON hub protocol.</summary>
internal sealed class EchoHub : Hub
{
    [SuppressMessage("Performance", "CA1822", Justification = "A hub's methods are instance methods.")]
    public string Echo(string message) => message;
}
